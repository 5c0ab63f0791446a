#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leanspec::merge {

enum class LineEnd { lf, crlf };

/// A text with what is kept beside its content: merges see lines that end with '\n' only, so that a checkout with
/// other line ends is no edit.
struct NormalText {
  std::string text;  ///< every CRLF is LF; no byte order mark
  bool byte_order_mark = false;
  std::optional<LineEnd> line_end;  ///< the one that most lines have, LF when equal; nothing in a text of one line
};

[[nodiscard]] NormalText normalise(std::string_view bytes);

/// The bytes of a normal text in that style.
[[nodiscard]] std::string restore(std::string_view text, bool byte_order_mark, LineEnd line_end);

/// Lines without their ends. Views into the text they were split from.
struct TextLines {
  std::vector<std::string_view> lines;
  bool final_newline = false;  ///< whether the last line has its end; false for the empty text
};

[[nodiscard]] TextLines split_lines(std::string_view text);
[[nodiscard]] std::string join_lines(const std::vector<std::string_view>& lines, bool final_newline);

}  // namespace leanspec::merge
