#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace leanspec::bridge::engine {

/// What git itself says of a file, compared with its index.
enum class GitFileState {
  clean,      ///< as the index has it: not a word of it, and it is there
  changed,    ///< the disk differs from the index
  deleted,    ///< the index has it and the disk does not
  staged,     ///< as the index has it, which differs from HEAD; gone in both: `git rm`
  untracked,  ///< git does not know it
  ignored,    ///< nor wants to
  unmerged,   ///< two sides of it wait for a person
};

/// Ask the git program about paths, relative to the synced folder, which may be gone. The answer is one GitAnswer with
/// the same id, whatever happens.
struct GitQuestion {
  std::uint64_t id = 0;
  std::vector<std::string> paths;
  std::string came_from;  ///< HEAD was at this commit before; empty: it did not move
};

struct GitAnswer {
  std::uint64_t id = 0;
  std::string problem;  ///< why git could not be asked, in words; no states then
  /// Of the asked paths; those that are not listed are `clean` if they are there, and unknown to git if not.
  std::map<std::string, GitFileState> states;
  bool went_back = false;  ///< HEAD is an ancestor of `came_from`
};

/// More paths than this are not named one by one: git is asked about the whole folder.
constexpr std::size_t git_paths_max = 200;

}  // namespace leanspec::bridge::engine
