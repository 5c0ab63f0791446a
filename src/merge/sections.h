#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "merge/merge_lines.h"

namespace leanspec::merge {

/// A heading with the lines up to the next one, whatever its level; the first section of a text is what stands above
/// all headings, and has none. Blank lines at the end are counted apart: they separate, and stay behind when sections
/// move.
struct Section {
  LineRange lines;                  ///< without the blank lines at the end
  std::size_t blanks = 0;           ///< how many follow
  std::uint8_t level = 0;           ///< of the heading; 0 for the first section
  std::vector<std::uint32_t> path;  ///< the elements of the headings above it and its own

  friend bool operator==(const Section&, const Section&) = default;
};

/// A text with more sections is merged by lines: telling them apart compares many with many. The largest known spec has
/// about 100.
inline constexpr std::size_t sections_max = 1000;

[[nodiscard]] std::vector<Section> split_sections(const Lines& lines);

/// For each section of the side, the base's section that it is, if any: by its path of headings when that is unique,
/// then by heading, then by content; a renamed heading is recognised by its place and content.
[[nodiscard]] std::vector<std::optional<std::size_t>> match_sections(const Lines& base,
                                                                     const std::vector<Section>& of_base,
                                                                     const Lines& side,
                                                                     const std::vector<Section>& of_side);

/// Whether sections that were in the base are in another order now.
[[nodiscard]] bool has_moves(const std::vector<std::optional<std::size_t>>& matches);

}  // namespace leanspec::merge
