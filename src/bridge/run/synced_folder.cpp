#include "bridge/run/synced_folder.h"

#include <array>
#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>

#include "host/process_memory.h"

namespace leanspec::bridge::run {

SyncedFolder::SyncedFolder(FolderServices services, FolderOwner& owner, FolderSettings settings)
    : services_(std::move(services)),
      owner_(owner),
      settings_(std::move(settings)),
      journal_(services_.log, services_.clock, settings_.root),
      copies_(services_.state.copies_file(settings_.replica), services_.clock),
      work_tree_(settings_.root),
      states_(services_.state, settings_.replica),
      reconnect_([&entropy = services_.entropy] {
        std::array<std::uint8_t, 8> bytes{};
        entropy.fill(bytes);
        std::uint64_t bits = 0;
        std::memcpy(&bits, bytes.data(), sizeof bits);
        return bits;
      }),
      git_asker_(services_.context,
                 [this](const engine::GitAnswer& answer) {
                   if (!here_) return;
                   look_at_git();
                   here_->engine().git_answered(answer, now());
                   here_->driver().perform(now());
                 }),
      timer_watch_(services_.context, [this] { on_time(); }),
      disk_watch_(services_.context, [this] { on_disk(); }) {}

SyncedFolder::~SyncedFolder() {
  *alive_ = false;
}

engine::Now SyncedFolder::now() const {
  return engine::Now{services_.clock.since_boot(), services_.clock.now()};
}

void SyncedFolder::start() {
  if (!timer_) {
    auto timer = host::BootTimer::make();
    if (!timer) return fail(timer.error());
    timer_.emplace(*std::move(timer));
    timer_watch_.watch(timer_->descriptor());
  }
  if (const Status opened = open(); !opened) return fail(opened.error());
  if (failure_) journal_.opened_again();
  failure_.reset();
  disk_watch_.watch(watcher_->descriptor());
  owner_.status_changed();
  each_branch([this](SyncedBranch& branch) { branch.driver().perform(now()); });
}

Status SyncedFolder::open() {
  LEANSPEC_TRY(open_disk());
  return open_branches();
}

void SyncedFolder::close_all() {
  ++life_;
  git_asker_.forget();
  disk_watch_.stop();
  here_.reset();
  behind_.clear();
  waiting_.reset();
  watcher_.reset();
  scanner_.reset();
  applier_.reset();
  tree_.reset();
  lock_.reset();
}

void SyncedFolder::fail(const Error& error) {
  if (!failure_ || *failure_ != error) journal_.failed(error);
  failure_ = error;
  failed_connection_ = "the folder cannot be synced";
  close_all();
  open_again_ = services_.clock.since_boot() + open_again_after;
  if (timer_) timer_->set(open_again_);
  owner_.status_changed();
}

void SyncedFolder::stop() {
  stopping_ = true;
  timer_watch_.stop();
  disk_watch_.stop();
  git_asker_.forget();
  each_branch([](SyncedBranch& branch) { branch.stop(); });
}

Result<engine::ReplicaEngine*> SyncedFolder::running() const {
  if (here_) return &here_->engine();
  return Error(ErrorCode::unavailable, failure_ ? failure_->what : "is not open yet", settings_.root,
               failure_ ? failure_->remedy : "");
}

control::FolderStatus SyncedFolder::status() const {
  control::FolderStatus status;
  status.root = settings_.root;
  status.project = settings_.project;
  if (here_) status.replica = here_->engine().status(now());
  for (const auto& [name, other] : others_) {
    OtherBranch shown = other;
    if (const auto behind = behind_.find(name); behind != behind_.end()) {
      shown.pending = behind->second.branch->engine().state().pending.size();
      shown.held = behind->second.branch->engine().state().holds.size();
    }
    if (shown.pending + shown.held > 0) status.others.push_back({shown.name, shown.pending, shown.held});
  }
  if (failure_) {
    status.problem = failure_->what;
    status.remedy = failure_->remedy;
  }
  if (here_) {
    status.connection = here_->connection();
    status.connection_remedy = here_->connection_remedy();
  } else {
    status.connection = failed_connection_;
  }
  if (watcher_) status.warnings = watcher_->warnings();
  if (!notice_.empty()) status.warnings.push_back(notice_);
  if (applier_ && engine::writes_here(settings_.mode)) {
    if (const auto protection = applier_->protection(); !protection.whole())
      status.warnings.push_back(protection.sentence());
  }
  if (const auto& problem = copies_.problem())
    status.warnings.push_back(problem->sentence() + "; what is replaced here is only in the hub's history for now");
  return status;
}

Result<engine::FileExplanation> SyncedFolder::why(const std::string& path) {
  LEANSPEC_ASSIGN(const auto* replica, running());
  auto explanation = replica->why(path, now());
  const auto kept = copies_.list(path);
  if (kept && !kept->empty()) {
    explanation.sentence += (explanation.sentence.empty() ? "" : "; ") + std::to_string(kept->size()) +
                            (kept->size() == 1 ? " earlier text of it is" : " earlier texts of it are") +
                            " kept on this machine (leanspec-bridge history FILE)";
  }
  return explanation;
}

Status SyncedFolder::accept(const std::string& path) {
  LEANSPEC_ASSIGN(auto* replica, running());
  look_at_git();
  LEANSPEC_TRY(replica->accept(path, now()));
  here_->driver().perform(now());
  return {};
}

Status SyncedFolder::revert() {
  LEANSPEC_ASSIGN(auto* replica, running());
  look_at_git();
  LEANSPEC_TRY(replica->revert(now()));
  here_->driver().perform(now());
  return {};
}

void SyncedFolder::refresh() {
  if (!here_) return;
  look_at_git();
  here_->driver().perform(now());
}

Status SyncedFolder::tell(void (engine::ReplicaEngine::*wish)(engine::Now)) {
  LEANSPEC_ASSIGN(auto* replica, running());
  look_at_git();
  (replica->*wish)(now());
  here_->driver().perform(now());
  return {};
}

Status SyncedFolder::tell_all(void (engine::ReplicaEngine::*wish)(engine::Now)) {
  LEANSPEC_TRY(tell(wish));
  for (auto& [name, behind] : behind_) {
    (behind.branch->engine().*wish)(now());
    behind.branch->driver().perform(now());
  }
  return {};
}

Result<FlushTicket> SyncedFolder::flush() {
  LEANSPEC_ASSIGN(auto* replica, running());
  look_at_git();
  const FlushTicket ticket{life_, replica->rescan(now())};
  here_->driver().perform(now());
  return ticket;
}

std::optional<bool> SyncedFolder::flushed(const FlushTicket& ticket) const {
  if (!here_ || ticket.life != life_) return std::nullopt;
  return here_->engine().flushed(ticket.ticket);
}

void SyncedFolder::settings_changed() {
  each_branch([this](SyncedBranch& branch) { branch.driver().settings_changed(now()); });
}

void SyncedFolder::restart() {
  close_all();
  reconnect_.settings_changed(services_.clock.since_boot());
  start();
}

void SyncedFolder::network_up() {
  each_branch([this](SyncedBranch& branch) { branch.driver().network_up(now()); });
}

void SyncedFolder::welcomed(const wire::Welcome& welcome) {
  journal_.connected(welcome);
  if (!welcome.project.empty() && (welcome.project != settings_.project || settings_.create_project)) {
    settings_.project = welcome.project;
    settings_.create_project = false;
    owner_.project_settled(settings_.replica, welcome.project);
  }
  if (!welcome.machine_name.empty()) owner_.machine_renamed(welcome.machine_name);
}

void SyncedFolder::told(const wire::Notice& notice) {
  journal_.told(notice);
  if (!notice.machine_name.empty()) owner_.machine_renamed(notice.machine_name);
}

void SyncedFolder::connection_ended(const SyncedBranch& branch, const engine::ConnectionEnd& end) {
  if (end.why != branch.connection() && !stopping_) journal_.connection_ended(end);
}

void SyncedFolder::ask_git(const SyncedBranch& branch, engine::GitQuestion question) {
  if (&branch == here_.get()) git_asker_.ask(std::move(question), work_tree_.top(), work_tree_.prefix());
}

void SyncedFolder::status_changed() {
  journal_.status_changed();
  owner_.status_changed();
}

void SyncedFolder::on_time() {
  timer_->clear();
  if (failure_) return start();
  const BootTime at = services_.clock.since_boot();
  look_at_git();
  hint(watcher_->tick(at));
  disk_watch_.watch(watcher_->descriptor());
  each_branch([this](SyncedBranch& branch) { branch.driver().tick(now()); });
}

void SyncedFolder::performed(const SyncedBranch& branch) {
  if (&branch != here_.get()) {
    if (branch.has_nothing_to_send()) close_answered();
    return schedule();
  }
  if (!scanner_->idle() && !stepping_) {
    stepping_ = true;
    boost::asio::post(services_.context, [this, alive = alive_] {
      if (*alive) step();
    });
  }
  const bool arrived = journal_.note(here_->engine());
  if (arrived && services_.clock.since_boot() >= tidy_after_) {
    host::return_free_memory();  // of the look at everything and of a first sync
    tidy_after_ = services_.clock.since_boot() + tidy_interval;
  }
  prune_copies();
  schedule();
}

void SyncedFolder::schedule() {
  std::optional<BootTime> next;
  const auto consider = [&next](std::optional<BootTime> when) {
    if (when && (!next || *when < *next)) next = when;
  };
  each_branch([&](SyncedBranch& branch) { consider(branch.driver().deadline()); });
  if (watcher_) consider(watcher_->deadline());
  consider(journal_.deadline());
  timer_->set(next);
}

}  // namespace leanspec::bridge::run
