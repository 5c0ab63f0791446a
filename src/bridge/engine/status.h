#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/ids.h"
#include "vocabulary/time.h"
#include "wire/message.h"

namespace leanspec::bridge::engine {

/// One word for a replica, the most pressing first.
enum class ReplicaStateName {
  refused,      ///< the hub said no: wrong or revoked key, no such project
  halted,       ///< the root is missing, empty or another one
  guard,        ///< too many files vanished at once: deletes wait for `approve`
  store_error,  ///< our own state database cannot be written
  paused,
  git,       ///< git is at work, or another branch is checked out: nothing is taken from the disk or brought to it
  starting,  ///< the first look at the disk is not finished
  offline,
  catching_up,  ///< connected, reading what the hub has
  syncing,      ///< edits are on their way
  differs,      ///< nothing is on its way, and not everything is the same on both sides: see held, incoming, problems
  live,         ///< everything is in sync
};
[[nodiscard]] std::string_view to_string(ReplicaStateName name);

enum class SyncMode {
  push,     ///< what is saved here goes to the hub; nothing is written here
  two_way,  ///< and what the hub has newer is brought here
  pull,     ///< what the hub has is brought here; what is saved here stays here, and is not written over
};
[[nodiscard]] constexpr bool sends(SyncMode mode) {
  return mode != SyncMode::pull;
}
[[nodiscard]] constexpr bool writes_here(SyncMode mode) {
  return mode != SyncMode::push;
}
[[nodiscard]] std::string_view to_string(SyncMode mode);
[[nodiscard]] std::optional<SyncMode> sync_mode_of(std::string_view word);

/// A path with the reason why it is not in sync, and what a person can do.
struct StatusItem {
  std::string path;
  std::string why;
  std::string remedy;
  friend bool operator==(const StatusItem&, const StatusItem&) = default;
};

/// Everything that `status --json` shows of one folder. Lists are cut at `listed_max`; the counts are whole.
struct ReplicaStatus {
  static constexpr std::size_t listed_max = 200;

  ReplicaStateName state = ReplicaStateName::starting;
  SyncMode mode = SyncMode::push;
  std::string detail;  ///< one sentence for people
  std::string remedy;  ///< what to do next, where something is to do

  std::string project;
  std::string project_name;
  std::string branch;
  std::string machine_name;
  std::string hub_version;

  std::size_t documents = 0;  ///< files that are synced or will be
  std::size_t in_sync = 0;
  std::size_t pending_count = 0;
  std::size_t held_count = 0;
  std::size_t incoming_count = 0;
  std::size_t ignored_count = 0;
  std::size_t problem_count = 0;

  std::vector<StatusItem> pending;        ///< edits on their way or waiting to settle
  std::vector<StatusItem> held;           ///< set aside by the hub, or deletes under guard
  std::vector<StatusItem> incoming;       ///< the hub is ahead: would be applied here
  std::vector<StatusItem> ignored;        ///< with the rule
  std::vector<StatusItem> editing;        ///< open or just changed elsewhere; `why` says by whom
  std::optional<wire::GuardState> guard;  ///< what waits for `approve` or `revert`
  std::vector<StatusItem> problems;       ///< unreadable, too large, unsyncable names, limits
  std::vector<std::string> warnings;      ///< polling, reduced protection, key expiry

  std::optional<Cursor> cursor;
  std::optional<Seq> hub_head;
  std::optional<Instant> last_sync;  ///< when everything was last agreed on
  std::optional<Instant> connected_since;
  std::optional<std::chrono::milliseconds> retry_in;  ///< the hub asked us to wait
};

enum class FileState {
  in_sync,
  pending,
  in_flight,
  settling,
  held,
  incoming,
  ignored,
  too_large,
  unreadable,
  unsyncable,
  over_limit,
  guarded,
  not_there,
};
[[nodiscard]] std::string_view to_string(FileState state);

/// The answer to `why FILE`.
struct FileExplanation {
  std::string path;
  FileState state = FileState::not_there;
  std::string
      sentence;  ///< "in sync since version ... (seq 41)", "ignored by rule `drafts/` (line 3 of .leanspecignore)"
  std::string remedy;
  std::optional<DocumentId> document;
  std::optional<VersionId> version;
  std::optional<ChangeId> change;
};

}  // namespace leanspec::bridge::engine
