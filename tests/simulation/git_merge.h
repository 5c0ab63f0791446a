#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/fakes/file_text.h"

namespace leanspec::simulation {

/// What git makes of two trees that went on from a common one, file by file; renames are not looked for. Of two edits
/// that touch each other nothing is joined: the file gets both, between markers, and waits for a person.
struct GitMerge {
  using Tree = std::map<std::string, fakes::FileText>;  ///< by path

  Tree index;                                                   ///< without what is unmerged
  std::set<std::string> unmerged;                               ///< paths
  std::map<std::string, std::optional<fakes::FileText>> files;  ///< to be written; nothing: to be taken away
};

constexpr std::size_t marker_length = 7;  ///< git's default

/// `name`: of their side, as the markers have it; those are so long.
[[nodiscard]] GitMerge merge_trees(const GitMerge::Tree& base, const GitMerge::Tree& ours, const GitMerge::Tree& theirs,
                                   const std::string& name, std::size_t marker = marker_length);

/// Our lines of what stands between markers, or their ones, or both; the rest as it is.
enum class Resolution { ours, theirs, both };
[[nodiscard]] std::string resolved(const std::string& text, Resolution resolution);

}  // namespace leanspec::simulation
