#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/disk_file.h"
#include "sync/ignore_rules.h"
#include "sync/spellings.h"
#include "vocabulary/digest.h"

namespace leanspec::bridge::engine {

/// What a watcher noticed. Always a hint: only a look at the disk says what is there (after watchman's pending
/// collection).
enum class HintKind {
  modified,        ///< written to; a writer may still have it open
  closed,          ///< a writer closed it
  moved_in,        ///< renamed into place, whole; `from` where it came from, if from within the root
  removed,         ///< unlinked or renamed away
  folder_changed,  ///< a folder appeared or moved: look at everything in it
  overflow,        ///< events were lost: look at everything
};

struct Hint {
  HintKind kind = HintKind::overflow;
  std::string path;
  std::optional<std::string> from;  ///< moved_in: the other half of the MOVED cookie
  bool folder = false;              ///< moved_in, removed: of a folder
};

/// Ask the disk. The answer is one ScanResult with the same id, whatever happens.
struct ScanRequest {
  std::uint64_t id = 0;
  bool everything = false;  ///< the whole root; else `paths`
  /// Names that differ from ReplicaEngine::files() are on the disk for good before they are answered: a process that
  /// ended, or another branch, may have put them there and not lived to ask the disk for it, and left no word of it
  /// here (law 10).
  bool for_good = false;
  /// A file, which is read whatever its facts say, or a folder with all that is in it; may be absent. What is met in a
  /// folder is read only if it is new, differs from ReplicaEngine::files(), or was racy.
  std::vector<std::string> paths;
  /// Attach bodies of files that were read until this many bytes are attached; the first one always. 0: no bodies.
  std::uint64_t body_bytes_max = 0;
  /// Larger files are listed without being read.
  std::uint64_t file_bytes_max = 0;
  /// After this many files stop and set `truncated`.
  std::size_t files_max = 0;
  /// On a disk that does not keep all names apart: how the files there are known. Null: as the disk shows them.
  std::shared_ptr<const sync::Spellings> spellings = nullptr;
};

enum class Presence {
  present,
  absent,   ///< the system said so (ENOENT, ENOTDIR): for a folder, everything in it
  unknown,  ///< could not be looked at (EACCES, EIO, EMFILE, ...): never absence; for a folder, everything in it
};

/// One name as it was seen.
struct Observation {
  std::string path;
  Presence presence = Presence::present;
  sync::FileFacts facts;                    ///< if present
  std::optional<Digest> digest;             ///< if it was read in one stable piece; else as before (or not readable)
  std::shared_ptr<const std::string> body;  ///< if wanted and within the budget
  bool racy = false;                        ///< changed within the clock's granularity of the read
  bool writer_open = false;                 ///< another process has it open for writing (law 12)
  bool changing = false;                    ///< facts differed before and after the read (FS04): no digest
  std::string problem;                      ///< unknown: what the system said, in words
};

enum class RootHealth { healthy, missing, unreadable };

/// What is kept out, for `why` and `status`; an ignored folder is one entry.
struct IgnoredPath {
  std::string path;
  bool folder = false;
  sync::IgnoreMatch match;
};

struct ScanResult {
  std::uint64_t id = 0;
  RootHealth root = RootHealth::healthy;
  std::string root_problem;
  /// What the disk does not keep apart, as far as is known yet.
  sync::Folding folding;
  std::uint64_t root_device = 0;
  std::uint64_t root_inode = 0;
  /// Of the whole root or of the asked paths. Files that were not asked for may be left out. Everything asked for, not
  /// listed and not beneath an `unknown` one is absent. Links, sockets and the like are listed with their kind; folders
  /// need not be.
  std::vector<Observation> observations;
  bool truncated = false;  ///< more than `files_max`: what is not listed is unknown
  /// The rules that were in force; null: as before.
  std::shared_ptr<const sync::IgnoreRules> rules;
  /// Set for a whole scan: what the rules kept out, at most `ignored_listed_max`, and how many in all.
  std::vector<IgnoredPath> ignored;
  std::size_t ignored_count = 0;
  static constexpr std::size_t ignored_listed_max = 200;
  /// Named troubles of the watcher or scanner that are not about one file ("no inotify watches left: polling every 10
  /// s").
  std::vector<std::string> warnings;
};

}  // namespace leanspec::bridge::engine
