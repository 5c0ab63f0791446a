#include "bridge/run/stopped_bridge.h"

#include <chrono>
#include <utility>
#include <vector>

#include "bridge/disk/state_database.h"
#include "bridge/run/branch_states.h"
#include "bridge/run/daemon.h"
#include "host/clock.h"
#include "host/durable_file.h"
#include "host/entropy.h"

namespace leanspec::bridge::run {
namespace {

/// Another command may hold the lock for a moment.
constexpr std::chrono::milliseconds lock_patience{1000};

[[nodiscard]] Result<host::FileLock> lock(const StateFolder& state) {
  return host::FileLock::acquire(state.lock_file(), "leanspec-bridge", lock_patience);
}

/// What can be done about a state that cannot be read here.
[[nodiscard]] std::string remedy_for(const Error& error) {
  if (error.code != ErrorCode::corrupt) return error.remedy;
  return "leanspec-bridge run keeps the damaged file under another name, begins a new one, and compares the folder "
         "with the hub afresh. Nothing is deleted on either side.";
}

[[nodiscard]] engine::ReplicaStatus read_status(const FolderSettings& folder, const engine::ReplicaState& known) {
  engine::ReplicaStatus replica;
  replica.state = known.replica.paused ? engine::ReplicaStateName::paused : engine::ReplicaStateName::offline;
  if (known.replica.paused) {
    replica.detail = "paused; it stays so when leanspec-bridge runs again";
    replica.remedy = "run `leanspec-bridge resume`";
  }
  replica.project = folder.project;
  replica.branch = folder.branch.empty() ? known.replica.git_branch.value_or("") : folder.branch;
  replica.documents = known.local.size();
  replica.pending_count = known.pending.size();
  replica.held_count = known.holds.size();
  replica.last_sync = known.replica.last_sync;
  for (const auto& [document, row] : known.local) {
    const auto synced = known.synced.find(document);
    if (synced != known.synced.end() && synced->second.digest == row.file.digest) ++replica.in_sync;
  }
  return replica;
}

}  // namespace

Status StoppedBridge::add(FolderSettings folder) const {
  LEANSPEC_ASSIGN(const auto held, lock(state_));
  LEANSPEC_ASSIGN(auto folders, state_.folders());
  LEANSPEC_TRY(check_new_root(folders, folder.root));
  folders.push_back(std::move(folder));
  return state_.save_folders(folders);
}

Status StoppedBridge::remove(const std::string& root) const {
  LEANSPEC_ASSIGN(const auto held, lock(state_));
  LEANSPEC_ASSIGN(auto folders, state_.folders());
  std::erase_if(folders, [&](const FolderSettings& folder) { return folder.root == root; });
  return state_.save_folders(folders);
}

Status StoppedBridge::set_paused(const std::string& root, bool paused) const {
  LEANSPEC_ASSIGN(const auto held, lock(state_));
  LEANSPEC_ASSIGN(const auto folders, state_.folders());
  std::size_t matched = 0;
  for (const FolderSettings& folder : folders) {
    if (!root.empty() && folder.root != root) continue;
    ++matched;
    BranchStates branches(state_, folder.replica);
    std::vector<std::string> files{branches.first()};
    for (const auto& one : branches.look()) {
      if (one.file != branches.first()) files.push_back(one.file);
    }
    for (const auto& file : files) {
      auto store = disk::look_at_state_database(file);
      if (!store)
        return Error(store.error().code, store.error().what, store.error().subject, remedy_for(store.error()));
      LEANSPEC_ASSIGN(auto known, (*store)->load());
      known.replica.paused = paused;
      engine::StateUpdate update;
      update.replica = known.replica;
      LEANSPEC_TRY((*store)->commit(update));
    }
  }
  if (matched > 0) return {};
  return Error(ErrorCode::not_found, "no folder is synced yet", "", "Run: leanspec-bridge add [PATH]");
}

Status StoppedBridge::rename(const std::string& name) const {
  LEANSPEC_ASSIGN(const auto held, lock(state_));
  LEANSPEC_ASSIGN(MachineIdentity machine, state_.machine(host::system_entropy(), host::system_clock().now(), name));
  machine.renamed = machine.renamed || machine.name != name;
  machine.name = name;
  return state_.save_machine(machine);
}

Result<control::BridgeStatus> StoppedBridge::status() const {
  LEANSPEC_ASSIGN(const auto held, lock(state_));
  control::BridgeStatus status;
  status.version = program_version();
  LEANSPEC_ASSIGN(const auto machine, state_.machine(host::system_entropy(), host::system_clock().now(), ""));
  status.machine_id = to_string(machine.id.value());
  status.machine_name = machine.name;
  LEANSPEC_ASSIGN(const auto hub, state_.hub());
  status.hub_url = hub.url;
  LEANSPEC_ASSIGN(const auto folders, state_.folders());
  for (const FolderSettings& folder : folders) status.folders.push_back(folder_status(folder));
  return status;
}

control::FolderStatus StoppedBridge::folder_status(const FolderSettings& folder) const {
  control::FolderStatus shown;
  shown.root = folder.root;
  shown.project = folder.project;
  std::string file = state_.replica_file(folder.replica);
  if (!host::path_exists(file)) return shown;
  const auto branches = BranchStates(state_, folder.replica).look();
  if (const auto last = BranchStates::left(branches, "")) file = last->file;
  for (const auto& one : branches) {
    if (one.file != file && one.facts.git_branch && one.facts.pending + one.facts.held > 0)
      shown.others.push_back({*one.facts.git_branch, one.facts.pending, one.facts.held});
  }
  const auto store = disk::look_at_state_database(file);
  const auto known = store ? (*store)->load() : Result<engine::ReplicaState>(store.error());
  if (known) {
    shown.replica = read_status(folder, *known);
  } else {
    shown.problem = known.error().subject + ": " + known.error().what;
    shown.remedy = remedy_for(known.error());
  }
  return shown;
}

}  // namespace leanspec::bridge::run
