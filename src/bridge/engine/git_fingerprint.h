#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "vocabulary/time.h"

namespace leanspec::bridge::engine {

/// What git leaves in its folder while one of its commands is not finished.
enum class GitOperation { merge, autostash, cherry_pick, revert, sequence, mail, rebase, bisect };

/// One file in git's folder, as far as a change of it must not go unnoticed.
struct GitFile {
  std::uint64_t inode = 0;
  std::int64_t modified_ns = 0;  ///< wall clock of this machine
  std::uint64_t size = 0;
  friend bool operator==(const GitFile&, const GitFile&) = default;
};

/// What git is about in the work tree that a synced folder lies in (law 22). Two equal ones with a look at the disk
/// between them: git did nothing meanwhile that it left a trace of. AUTO_MERGE is not in it: it outlives a rebase.
struct GitFingerprint {
  bool work_tree = false;  ///< false: no git here, and the rest is empty
  std::string problem;     ///< why git's folder cannot be understood; nothing is known then
  std::string head;        ///< the bytes of HEAD
  std::string branch;      ///< what HEAD names; empty: detached
  std::string commit;      ///< the ref's bytes, or a stamp of the packed refs
  std::optional<GitFile> index;
  std::optional<GitFile> index_lock;
  std::optional<GitFile> head_lock;
  /// Asked only once a lock is old: a git process works in this tree.
  bool git_runs = false;
  std::map<GitOperation, std::int64_t> operations;  ///< under way, and since when (wall clock, ns)
  friend bool operator==(const GitFingerprint&, const GitFingerprint&) = default;
};

enum class GitMood {
  absent,     ///< no git here
  quiet,      ///< what is on disk is what people and programs wrote
  settling,   ///< the index changed a moment ago
  busy,       ///< nothing on disk counts
  merging,    ///< a merge has been open for long: what git wrote does not count, the rest does
  elsewhere,  ///< another branch is checked out than the one that is synced
  detached,   ///< no branch is checked out
  unknown,    ///< git's folder cannot be read
};

struct GitJudgement {
  GitMood mood = GitMood::absent;
  std::string why;      ///< for people; empty if all is well or over in a moment
  std::string remedy;   ///< what they can do
  std::string warning;  ///< something is odd, and does not hold anything up
  /// What is on disk may be taken for people's work, with care while `merging`.
  [[nodiscard]] bool may_look() const {
    return mood == GitMood::absent || mood == GitMood::quiet || mood == GitMood::merging;
  }
  friend bool operator==(const GitJudgement&, const GitJudgement&) = default;
};

/// [M] `git switch` releases index.lock up to 7.6 ms before HEAD moves, an autostash leaves gaps of 25 ms.
constexpr std::chrono::milliseconds git_index_quiet{250};
/// A lock that nobody holds any more is older than this.
constexpr std::chrono::seconds git_lock_patience{10};
/// A merge that is open for longer waits for a person, who may want to edit other files meanwhile.
constexpr std::chrono::seconds git_merge_patience{30};

/// What is to be made of it (laws 22 and 25). `home`: the branch that is synced, nothing while none was ever seen;
/// `any_commit`: the settings name a branch, so a detached HEAD is no obstacle. Pure.
[[nodiscard]] GitJudgement judge_git(const GitFingerprint& git, const std::optional<std::string>& home, bool any_commit,
                                     Instant now);

/// A time that a file system told.
[[nodiscard]] inline std::chrono::nanoseconds since(std::int64_t wall_ns, Instant now) {
  return std::chrono::nanoseconds(now.time_since_epoch()) - std::chrono::nanoseconds(wall_ns);
}

}  // namespace leanspec::bridge::engine
