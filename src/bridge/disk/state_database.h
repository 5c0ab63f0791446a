#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bridge/engine/state.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"

namespace leanspec::bridge::disk {

/// One replica's memory in one SQLite file (WAL, synchronous=FULL: a commit has reached the disk before `commit`
/// returns, law 10). Bodies are compressed. Cached pages are few, so that many replicas fit into little memory. One
/// process at a time.
struct OpenedState {
  std::unique_ptr<engine::StateStore> store;
  /// Not empty: the file was damaged and is kept under another name, and the store is new; people must hear of it. The
  /// engine then joins without a base: nothing is deleted, equal files are adopted (law 7, G12).
  std::string notice;
};

/// Opens or makes `file`. A damaged file is never deleted: it is moved to `file`.damaged-<time>. Errors: io, no_space,
/// forbidden, unsupported (written by a later version; P05), conflict (in use).
[[nodiscard]] Result<OpenedState> open_state_database(const std::string& file, Instant now);

/// Opens `file` and repairs nothing: for commands that look while no daemon runs. Moving a damaged file aside is the
/// daemon's, which tells people; done here, nobody would hear of it. Errors: corrupt, else as open_state_database.
[[nodiscard]] Result<std::unique_ptr<engine::StateStore>> look_at_state_database(const std::string& file);

/// What a state that is not open says of its branch, at a glance.
struct StateFacts {
  std::optional<std::string> git_branch;
  bool has_disk = false;
  std::size_t pending = 0;
  std::size_t held = 0;
};
/// Brings `file` to this version of its tables, and changes nothing else. Errors: as look_at_state_database.
[[nodiscard]] Result<StateFacts> look_at_state_facts(const std::string& file);

/// The file and what SQLite keeps beside it, moved to names that end in `suffix`. Missing ones are skipped.
[[nodiscard]] Status move_state_aside(const std::string& file, const std::string& suffix);

/// The pages that SQLite may keep in memory per replica.
constexpr int cache_kibibytes = 256;
/// Written into the file; a later program's file is left alone.
constexpr int state_schema_version = 10;

}  // namespace leanspec::bridge::disk
