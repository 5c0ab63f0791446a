#include "bridge/run/flush_wait.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <map>
#include <optional>
#include <string>

namespace leanspec::bridge::run {

namespace {

using engine::ReplicaStateName;

/// No waiting helps: a person has to act first.
[[nodiscard]] bool needs_a_person(ReplicaStateName state) {
  switch (state) {
    case ReplicaStateName::refused:
    case ReplicaStateName::halted:
    case ReplicaStateName::guard:
    case ReplicaStateName::store_error:
    case ReplicaStateName::paused:
      return true;
    case ReplicaStateName::git:
    case ReplicaStateName::starting:
    case ReplicaStateName::offline:
    case ReplicaStateName::catching_up:
    case ReplicaStateName::syncing:
    case ReplicaStateName::differs:
    case ReplicaStateName::live:
      return false;
  }
  return false;
}

[[nodiscard]] std::string sentence(const engine::ReplicaStatus& status) {
  return status.remedy.empty() ? status.detail : status.detail + "; " + status.remedy;
}

}  // namespace

FlushWait::FlushWait(boost::asio::io_context& context, const host::Clock& clock, const Folders& folders)
    : context_(context), clock_(clock), folders_(folders), timer_watch_(context, [this] { look(); }) {}

FlushWait::~FlushWait() {
  *alive_ = false;
}

Status FlushWait::wait(const std::string& root, std::chrono::seconds patience,
                       const std::shared_ptr<Conversation>& conversation) {
  if (!timer_) {
    LEANSPEC_ASSIGN(auto timer, host::BootTimer::make());
    timer_.emplace(std::move(timer));
    timer_watch_.watch(timer_->descriptor());
  }
  Waiting waiting;
  waiting.conversation = conversation;
  waiting.root = root;
  waiting.patience = patience;
  waiting.until = clock_.since_boot() + patience;
  waiting_.push_back(std::move(waiting));
  status_changed();
  return {};
}

void FlushWait::status_changed() {
  if (waiting_.empty() || std::exchange(posted_, true)) return;
  // In a turn of its own: the folder is in the middle of something.
  boost::asio::post(context_, [this, alive = alive_] {
    if (*alive) look();
  });
}

void FlushWait::look() {
  posted_ = false;
  timer_->clear();
  const BootTime now = clock_.since_boot();
  waiting_.remove_if([&](Waiting& waiting) { return waiting.conversation->closed() || answer(waiting, now); });
  std::optional<BootTime> next;
  for (const Waiting& waiting : waiting_) next = std::min(next.value_or(waiting.until), waiting.until);
  timer_->set(next);
}

std::vector<SyncedFolder*> FlushWait::folders_of(const Waiting& waiting) const {
  std::vector<SyncedFolder*> asked;
  for (const auto& folder : folders_) {
    if (waiting.root.empty() || folder->settings().root == waiting.root) asked.push_back(folder.get());
  }
  return asked;
}

bool FlushWait::answer(Waiting& waiting, BootTime now) {
  const auto folders = folders_of(waiting);
  if (folders.empty()) {
    waiting.conversation->fail(Error(ErrorCode::not_found,
                                     waiting.root.empty() ? "no folder is synced" : "is no folder that is synced",
                                     waiting.root, "See leanspec-bridge status."));
    return true;
  }
  std::string in_sync;
  std::string stuck;
  std::string late;
  for (SyncedFolder* folder : folders) {
    const ReplicaId& replica = folder->settings().replica;
    const auto ticket = waiting.tickets.find(replica);
    auto reached = ticket == waiting.tickets.end() ? std::nullopt : folder->flushed(ticket->second);
    if (!reached) {
      if (const auto asked = folder->flush()) waiting.tickets.insert_or_assign(replica, *asked);
    }
    const auto status = folder->status();
    const std::string line = folder->settings().root + ": ";
    if (!status.replica) {
      late += line + (status.problem.empty() ? "is not open yet" : status.problem + ". " + status.remedy) + "\n";
    } else if (needs_a_person(status.replica->state)) {
      stuck += line + sentence(*status.replica) + "\n";
    } else if (!reached.value_or(false)) {
      late += line + sentence(*status.replica) + "\n";
    } else if (status.replica->state == ReplicaStateName::differs) {
      stuck += line + sentence(*status.replica) + "\n";
    } else {
      in_sync += line + "in sync.\n";
    }
  }
  if (!late.empty() && now < waiting.until) return false;
  waiting.conversation->output(in_sync);
  if (!stuck.empty()) waiting.conversation->problem(stuck);
  if (!late.empty())
    waiting.conversation->problem("not in sync after " + std::to_string(waiting.patience.count()) + " s:\n" + late);
  waiting.conversation->finish(!late.empty() ? 1 : !stuck.empty() ? 4 : 0);
  return true;
}

}  // namespace leanspec::bridge::run
