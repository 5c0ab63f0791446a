// The part of SyncedFolder that decides which of its branches has the disk.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "bridge/engine/branch_seed.h"
#include "bridge/run/synced_folder.h"

namespace leanspec::bridge::run {

namespace {

/// What HEAD stands on, where it is as plain as a commit's name.
[[nodiscard]] std::string commit_of(const engine::GitFingerprint& git) {
  const std::string name = git.commit.substr(0, git.commit.find_first_not_of("0123456789abcdef"));
  return name.size() == 40 || name.size() == 64 ? name : std::string();
}

}  // namespace

std::optional<std::string> SyncedFolder::checked_out(const engine::GitFingerprint& git) const {
  if (!follows_git() || !git.work_tree || !git.problem.empty() || git.branch.empty()) return std::nullopt;
  const auto judgement = engine::judge_git(git, git.branch, false, services_.clock.now());
  return judgement.may_look() ? std::optional(git.branch) : std::nullopt;
}

bool SyncedFolder::is_elsewhere(const engine::GitFingerprint& git) const {
  return here_ && !here_->name().empty() && git.work_tree && git.branch != here_->name();
}

engine::ReplicaConfig SyncedFolder::config_for(const std::string& branch) const {
  const MachineIdentity machine = owner_.machine();
  engine::ReplicaConfig config;
  config.machine = machine.id;
  config.machine_name = machine.name;
  config.machine_renamed = machine.renamed;
  config.replica = settings_.replica;
  config.project = settings_.project;
  config.create_project = settings_.create_project;
  config.branch = follows_git() ? branch : settings_.branch;
  config.follows_git = follows_git() && !branch.empty();
  config.mode = settings_.mode;
  config.client_version = services_.version;
  config.platform = services_.platform;
  config.root_hint = settings_.root.substr(settings_.root.rfind('/') + 1);
  config.boot_nonce = services_.boot_nonce;
  config.boot = services_.boot;
  return config;
}

Result<std::unique_ptr<SyncedBranch>> SyncedFolder::make_branch(const std::string& branch, engine::Reconnect& reconnect,
                                                                std::unique_ptr<engine::StateStore> store) {
  BranchHost& host = *this;
  return SyncedBranch::open(
      services_.context, services_.clock, host, reconnect, std::move(store), config_for(branch),
      [this] { return services_.entropy.uuid7(services_.clock.now()); }, work_tree_.read(services_.clock.now()));
}

/// As the folder is opened: the branch that is checked out has the disk, or, while git rests on none, the one that had
/// it last. Those on which something waits for the hub are opened beside it.
Status SyncedFolder::open_branches() {
  const auto known = states_.look();
  const auto git = work_tree_.read(services_.clock.now());
  std::string branch;
  if (follows_git() && git.work_tree) {
    const auto last = BranchStates::left(known, "");
    branch = git.branch.empty() && last ? *last->facts.git_branch : git.branch;
  }
  std::optional<engine::LeftBranch> left;
  const auto before = branch.empty() ? std::nullopt : BranchStates::left(known, branch);
  if (before) {
    LEANSPEC_ASSIGN(const auto store, disk::look_at_state_database(before->file));
    LEANSPEC_ASSIGN(auto state, store->load());
    LEANSPEC_ASSIGN(left, engine::left_branch(std::move(state), *store));
  }
  LEANSPEC_TRY(open_here(branch, left ? &*left : nullptr));
  if (before) {
    LEANSPEC_ASSIGN(const auto store, disk::look_at_state_database(before->file));
    engine::StateUpdate update;
    update.replica = left->state.replica;
    update.replica->has_disk = false;
    LEANSPEC_TRY(store->commit(update));
  }
  others_.clear();
  for (const auto& one : known) {
    if (!one.facts.git_branch || branch.empty() || *one.facts.git_branch == branch) continue;
    others_[*one.facts.git_branch] = OtherBranch{*one.facts.git_branch, one.facts.pending, one.facts.held};
    if (one.facts.pending > 0) open_behind(*one.facts.git_branch);
  }
  return {};
}

Status SyncedFolder::open_here(const std::string& branch, const engine::LeftBranch* left) {
  const auto git = work_tree_.read(services_.clock.now());
  LEANSPEC_ASSIGN(auto state, states_.open(branch, left, commit_of(git), services_.clock.now()));
  if (!state.notice.empty()) {
    notice_ = state.notice;
    journal_.state_was_damaged(notice_);
  }
  LEANSPEC_ASSIGN(here_, make_branch(branch, reconnect_, std::move(state.store)));
  engine::CarriedDisk carried;
  if (left != nullptr) carried = engine::carried_from(*left, left->state.replica.git_branch.value_or(""));
  here_->engine().take_disk(std::move(carried), now());
  staged_for_others_.clear();
  if (left != nullptr) {
    for (const auto& [name, intent] : left->state.intents) staged_for_others_.insert(name);
  }
  return {};
}

/// What fails here is tried again when the folder is opened the next time.
void SyncedFolder::open_behind(const std::string& branch) {
  auto store = disk::look_at_state_database(states_.file_of(branch));
  if (!store) return;
  Behind behind;
  behind.reconnect = std::make_unique<engine::Reconnect>(reconnect_);
  behind.reconnect->settings_changed(services_.clock.since_boot());
  auto opened = make_branch(branch, *behind.reconnect, *std::move(store));
  if (!opened) return;
  behind.branch = *std::move(opened);
  behind_.insert_or_assign(branch, std::move(behind));
}

void SyncedFolder::look_at_git() {
  if (!here_) return;
  const auto git = work_tree_.read(services_.clock.now());
  each_branch([&](SyncedBranch& branch) { branch.engine().git_seen(git, now()); });
  if (waiting_ && !is_elsewhere(git)) apply(*here_, *std::exchange(waiting_, std::nullopt));
  const auto branch = checked_out(git);
  if (!branch || *branch == here_->name() || branch_changes_ || stopping_) return;
  // In a turn of its own: the branch that goes may be the caller.
  branch_changes_ = true;
  boost::asio::post(services_.context, [this, alive = alive_] {
    if (*alive) change_branch();
  });
}

void SyncedFolder::change_branch() {
  branch_changes_ = false;
  if (!here_ || stopping_) return;
  const auto branch = checked_out(work_tree_.read(services_.clock.now()));
  if (!branch || *branch == here_->name()) return;
  const std::string name = here_->name();
  ++life_;
  git_asker_.forget();
  waiting_.reset();
  behind_.erase(*branch);
  others_.erase(*branch);
  std::optional<engine::LeftBranch> left;
  if (!name.empty()) {
    auto known = here_->engine().left_branch(now());
    if (!known) return fail(known.error());
    left = *std::move(known);
  }
  auto old = std::move(here_);
  if (name.empty()) {
    old->engine().leave_disk(now());
    old.reset();  // its state is the one that goes on under this name
  }
  // A look that is under way is the other's.
  scanner_ = std::make_unique<disk::Scanner>(*tree_, services_.clock);
  (void)scanner_->load_rules();
  watched_rules_ = scanner_->rules();
  reconnect_.settings_changed(services_.clock.since_boot());
  const Status opened = open_here(*branch, left ? &*left : nullptr);
  if (old) {
    old->engine().leave_disk(now());
    const bool answered = old->has_nothing_to_send();
    others_[name] = OtherBranch{name, old->engine().state().pending.size(), old->engine().state().holds.size()};
    old.reset();
    if (opened && !answered) open_behind(name);
  }
  if (!opened) return fail(opened.error());
  journal_.branch_changed(name, *branch);
  owner_.status_changed();
  each_branch([this](SyncedBranch& one) { one.driver().perform(now()); });
}

void SyncedFolder::close_answered() {
  boost::asio::post(services_.context, [this, alive = alive_] {
    if (!*alive) return;
    for (auto at = behind_.begin(); at != behind_.end();) {
      auto& branch = at->second.branch;
      if (!branch->has_nothing_to_send()) {
        ++at;
        continue;
      }
      branch->engine().leave_disk(now());
      others_[at->first] = OtherBranch{at->first, 0, branch->engine().state().holds.size()};
      at = behind_.erase(at);
    }
    owner_.status_changed();
  });
}

}  // namespace leanspec::bridge::run
