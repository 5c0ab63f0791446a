#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace leanspec::merge {

/// What a line of Markdown is, as far as a merge must know it. Block structure only, and of it what a bad merge breaks.
struct LineTraits {
  bool fenced = false;        ///< in a code fence, its delimiters too
  bool fence_opens = false;   ///< the delimiter that begins a fence
  bool commented = false;     ///< begins inside an HTML comment
  bool table_rule = false;    ///< the delimiter row of a table: |---|:-:|
  std::uint8_t heading = 0;   ///< 1 to 6; a setext heading stands on its text line
  std::uint16_t cells = 0;    ///< of a table row; 0 elsewhere
  std::int32_t ordinal = -1;  ///< of an ordered list's item
  std::uint16_t indent = 0;   ///< columns before the first character; tabs to multiples of four

  friend bool operator==(const LineTraits&, const LineTraits&) = default;
};

[[nodiscard]] std::vector<LineTraits> scan_markdown(std::span<const std::string_view> lines);

/// The level of a line that reads as an ATX heading by itself, wherever it stands; 0 for others.
[[nodiscard]] std::uint8_t heading_level(std::string_view line);

[[nodiscard]] bool is_blank(std::string_view line);

/// Whether the line begins something of its own: a list item, table row, heading, quote or fence; what does not
/// continues the paragraph above.
[[nodiscard]] bool begins_block(std::string_view line);

/// A line that git or diff3 would write around a conflict: seven of `<`, `>`, `|` or `=`, then a blank or nothing.
[[nodiscard]] bool is_conflict_marker(std::string_view line);

/// Offset and length of the checkbox `[ ]` or `[x]` of a list item; length 0 when there is none.
struct Checkbox {
  std::size_t offset = 0;
  std::size_t length = 0;
};
[[nodiscard]] Checkbox checkbox_in(std::string_view line);

}  // namespace leanspec::merge
