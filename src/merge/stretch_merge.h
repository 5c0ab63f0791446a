#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "merge/merge_lines.h"

namespace leanspec::merge {

/// What both sides did to one stretch of the base. The hunks are those inside it, at one of the places where they can
/// stand.
struct StretchEdits {
  LineRange base;
  Hunks ours;
  Hunks theirs;
  /// Elements that each side put in anywhere in the text: a line that it took out here may stand elsewhere now.
  const std::unordered_set<std::uint32_t>* added_by_ours = nullptr;
  const std::unordered_set<std::uint32_t>* added_by_theirs = nullptr;
};

struct StretchResult {
  std::vector<Row> rows;
  std::string why_not;      ///< empty when it merged
  bool same_point = false;  ///< why not: both inserted at one point, and nothing else
  bool words = false;       ///< some line was merged by words
};

/// Weaves one stretch line by line.
[[nodiscard]] StretchResult merge_stretch(const Lines& base, const Lines& ours, const Lines& theirs,
                                          const StretchEdits& edits, WordsInLines words, DiffBudget& budget);

}  // namespace leanspec::merge
