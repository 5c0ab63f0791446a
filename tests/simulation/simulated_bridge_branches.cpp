// The part of SimulatedBridge that decides which branch has the disk, and asks git; folder_branches.cpp in the daemon.
#include <algorithm>
#include <utility>

#include "bridge/engine/branch_seed.h"
#include "tests/simulation/simulated_bridge.h"

namespace leanspec::simulation {

namespace {

/// The daemon tries a folder again after so long that could not be opened.
constexpr milliseconds open_again_after{2'000};

}  // namespace

SimulatedStateStore& SimulatedBridge::store_of(const std::string& branch) {
  const auto [found, is_new] = stores_.try_emplace(branch, stage_.canary);
  if (is_new) {
    found->second.on_commit = [this, branch, &store = found->second](const engine::StateUpdate& update) {
      notice_committed(update);
      stage_.invariants.committed(index_, branch, update, store.durable());
    };
  }
  return found->second;
}

void SimulatedBridge::fill_stores(bool full) {
  for (auto& [branch, store] : stores_) store.full = full;
}

engine::ReplicaConfig SimulatedBridge::config_for(const std::string& branch) const {
  engine::ReplicaConfig config;
  config.machine = machine_;
  config.machine_name = "machine-" + std::to_string(index_);
  config.replica = replica_;
  config.project = "project";
  config.branch = branch;
  config.follows_git = git.has_value();
  config.mode = stage_.schedule.two_way ? engine::SyncMode::two_way : engine::SyncMode::push;
  config.client_version = "simulation";
  config.platform = "simulated";
  config.root_hint = "specs";
  config.boot_nonce = nonce_;
  config.boot = stage_.canary == Canary::boot_unnoticed ? machine_.value() : boot_;
  config.rescan_interval = std::chrono::duration_cast<std::chrono::seconds>(stage_.schedule.rescan);
  return config;
}

Result<std::unique_ptr<SimulatedReplica>> SimulatedBridge::make_replica(const std::string& branch) {
  ReplicaHost& host = *this;
  return SimulatedReplica::open(
      {stage_, network_, index_, host, careless_}, store_of(branch), config_for(branch), [this] { return uuid(); },
      fingerprint());
}

std::optional<std::string> SimulatedBridge::checked_out(const engine::GitFingerprint& seen) const {
  if (!git) return std::nullopt;
  const auto judgement = engine::judge_git(seen, seen.branch, false, clock.now());
  return judgement.may_look() ? std::optional(seen.branch) : std::nullopt;
}

bool SimulatedBridge::is_elsewhere(const engine::GitFingerprint& seen) const {
  return git && here_ && seen.branch != here_->branch();
}

Status SimulatedBridge::open_branches() {
  const auto branch = git ? fingerprint().branch : branch_;
  const auto before = std::find_if(stores_.begin(), stores_.end(), [&](const auto& one) {
    return one.first != branch && one.second.durable().replica.has_disk;
  });
  std::optional<engine::LeftBranch> left;
  if (before != stores_.end()) {
    LEANSPEC_ASSIGN(left, engine::left_branch(before->second.durable(), before->second));
  }
  LEANSPEC_TRY(open_here(branch, left ? &*left : nullptr));
  if (left) {
    engine::StateUpdate update;
    update.replica = left->state.replica;
    update.replica->has_disk = false;
    LEANSPEC_TRY(before->second.commit(update));
  }
  for (const auto& [name, store] : stores_) {
    if (name != branch && !store.durable().pending.empty()) open_behind(name);
  }
  return {};
}

Status SimulatedBridge::open_here(const std::string& branch, const engine::LeftBranch* left) {
  auto& store = store_of(branch);
  if (git && left != nullptr) {
    engine::StateUpdate update;
    if (!store.durable().replica.has_disk && !store.durable().replica.git_branch) {
      update = engine::state_of_new_branch(*left, git->head());
    } else {
      update.replica = store.durable().replica;
      update.replica->paused = left->state.replica.paused;
    }
    update.replica->has_disk = true;
    LEANSPEC_TRY(store.commit(update));
  }
  LEANSPEC_ASSIGN(here_, make_replica(branch));
  branch_ = branch;
  begins_ = store.durable().replica.is_beginning();
  if (begins_) note_what_it_begins_without();
  engine::CarriedDisk carried;
  if (left != nullptr) carried = engine::carried_from(*left, left->state.replica.git_branch.value_or(""));
  if (git) here_->engine().take_disk(std::move(carried), now());
  staged_for_others_.clear();
  if (left != nullptr) {
    for (const auto& [name, intent] : left->state.intents) staged_for_others_.insert(name);
  }
  return {};
}

/// What the bridge can know of it is what its first look finds.
void SimulatedBridge::note_what_it_begins_without() {
  const auto& state = here_->engine().state();
  for (const auto& [document, node] : state.synced) {
    // Another document may have its place already, and of a new name the hub may not have heard.
    const auto row = state.local.find(document);
    if (row != state.local.end() && disk.has(row->second.path)) continue;
    began_without_.emplace(branch_, node.path);
    if (row != state.local.end()) began_without_.emplace(branch_, row->second.path);
  }
}

void SimulatedBridge::open_behind(const std::string& branch) {
  if (auto opened = make_replica(branch)) behind_.insert_or_assign(branch, *std::move(opened));
}

/// As when the process ends, and a new one begins a little later.
void SimulatedBridge::could_not_open(const Error& error) {
  if (!is_dead() && error.code != ErrorCode::no_space)
    return stage_.invariants.fail("I12", "a bridge cannot open its own state: " + error.sentence());
  say("cannot be opened: " + error.sentence());
  died_sending_ = false;
  stop();
  disturbed(stage_.executor.now() + open_again_after);
  stage_.executor.after(open_again_after, [this] { start(); });
}

void SimulatedBridge::change_branch() {
  branch_changes_ = false;
  if (!here_) return;
  const auto branch = checked_out(fingerprint());
  if (!branch || *branch == here_->branch()) return;
  say("goes from " + here_->branch() + " to " + *branch);
  stage_.sights.insert(Sight::branch_changed);
  ++turn_;
  waiting_.reset();
  behind_.erase(*branch);
  auto known = here_->engine().left_branch(now());
  if (!known) return could_not_open(known.error());
  const auto left = *std::move(known);
  auto old = std::move(here_);
  // A look that is under way is the other's.
  scanner_ = std::make_unique<bridge::disk::Scanner>(disk.tree, clock);
  const Status opened = open_here(*branch, &left);
  old->engine().leave_disk(now());
  const bool answered = old->has_nothing_to_send();
  const auto name = old->branch();
  old.reset();
  if (!opened) return could_not_open(opened.error());
  if (!answered) open_behind(name);
  each_replica([this](SimulatedReplica& replica) { replica.driver().perform(now()); });
}

void SimulatedBridge::close_answered() {
  stage_.executor.after(milliseconds(0), [this, life = life_] {
    if (life != life_) return;
    std::erase_if(behind_, [this](const auto& one) {
      if (!one.second->has_nothing_to_send()) return false;
      one.second->engine().leave_disk(now());
      return true;
    });
  });
}

SimulatedReplica* SimulatedBridge::with(LinkId link) {
  SimulatedReplica* found = nullptr;
  each_replica([&](SimulatedReplica& replica) {
    if (replica.has(link)) found = &replica;
  });
  return found;
}

// ---- from the network

void SimulatedBridge::opened(LinkId link) {
  if (auto* replica = with(link)) replica->opened();
}

void SimulatedBridge::received(LinkId link, const std::string& frame) {
  if (auto* replica = with(link)) replica->received(frame);
}

void SimulatedBridge::lost(LinkId link, unsigned code) {
  if (auto* replica = with(link)) replica->lost(code);
}

void SimulatedBridge::could_not_connect(LinkId link, bool refused) {
  if (auto* replica = with(link)) replica->could_not_connect(refused);
}

// ---- git

engine::GitFingerprint SimulatedBridge::fingerprint() const {
  auto seen = git ? git->fingerprint() : engine::GitFingerprint();
  if (stage_.canary == Canary::index_time_ignored && seen.index) seen.index->modified_ns = 1;
  if (stage_.canary == Canary::head_read_once) {
    seen.head = read_at_start_.head;
    seen.branch = read_at_start_.branch;
    seen.commit = read_at_start_.commit;
  }
  if (stage_.canary == Canary::markers_unseen) seen.operations.clear();
  return seen;
}

void SimulatedBridge::look_at_git() {
  if (!git || !here_) return;
  const auto seen = fingerprint();
  each_replica([&](SimulatedReplica& replica) { replica.engine().git_seen(seen, now()); });
  if (waiting_ && !is_elsewhere(seen)) apply(*here_, *std::exchange(waiting_, std::nullopt));
  const auto branch = checked_out(seen);
  if (!branch || *branch == here_->branch() || branch_changes_) return;
  branch_changes_ = true;
  stage_.executor.after(milliseconds(0), [this, life = life_] {
    if (life == life_) change_branch();
  });
}

/// The git program is a process of its own, and reads the disk while others write to it.
void SimulatedBridge::ask_git(const SimulatedReplica& replica, engine::GitQuestion question) {
  if (!git || &replica != here_.get()) return;
  stage_.executor.after(stage_.chance.time(1, 30), [this, turn = turn_, question = std::move(question)] {
    if (turn != turn_ || !here_) return;
    stage_.executor.after(stage_.chance.time(0, 5), [this, turn, question, answer = git->answer(question)]() mutable {
      if (turn != turn_ || !here_) return;
      if (stage_.canary == Canary::put_back_is_an_edit) {
        for (const auto& path : question.paths) {
          if (git->on_disk(path)) answer.states.insert_or_assign(path, engine::GitFileState::changed);
        }
      }
      if (stage_.canary == Canary::markers_unseen) {
        for (auto& [path, state] : answer.states) {
          if (state == engine::GitFileState::unmerged) state = engine::GitFileState::changed;
        }
      }
      look_at_git();
      here_->engine().git_answered(answer, now());
      here_->driver().perform(now());
    });
  });
}

}  // namespace leanspec::simulation
