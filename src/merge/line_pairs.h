#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "merge/diff.h"

namespace leanspec::merge {

/// Base line `base` and side line `side` are the same line, edited.
struct LinePair {
  std::uint32_t base = 0;
  std::uint32_t side = 0;

  friend bool operator==(const LinePair&, const LinePair&) = default;
};

/// Larger stretches are taken as rewritten: comparing every line with every other would cost more than it tells.
inline constexpr std::size_t compared_lines_max = 4096;

/// Which lines of a replaced stretch are edits of which, in order: lines that share at least half of their words, so
/// that as much as possible is shared in all. A single line that became a single line is an edit of it, whatever it
/// says. Indices count from the beginning of each span.
[[nodiscard]] std::vector<LinePair> pair_lines(std::span<const std::string_view> base,
                                               std::span<const std::string_view> side, DiffBudget& budget);

}  // namespace leanspec::merge
