#include "hub/render/text_shape.h"

#include <algorithm>

namespace leanspec::hub::render {
namespace {

constexpr std::size_t label_bytes_max = 1000;  // of CommonMark: 999 characters between the brackets, some may be longer

std::size_t count(std::string_view text, char wanted) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), wanted));
}

/// Where the blank line begins that ends the paragraph at `from`.
std::size_t paragraph_end(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('\n', from); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    if (rest.starts_with('\n') || rest.starts_with("\r\n")) return at;
  }
  return text.size();
}

/// Bytes of the definition that may begin at `line`, up to the blank line that ends it at the latest; nought if none
/// does.
std::size_t definition_bytes(std::string_view text, std::size_t line) {
  constexpr std::string_view markers = " \t>-*+0123456789.)";
  const std::size_t open = text.find_first_not_of(markers, line);
  if (open == std::string_view::npos || text[open] != '[') return 0;
  const std::size_t colon = text.substr(open, 4 * label_bytes_max).find("]:");
  if (colon == std::string_view::npos) return 0;
  const std::size_t end = paragraph_end(text, open + colon);
  return end - (open + colon);
}

}  // namespace

TextShape shape_of(std::string_view markdown) {
  TextShape shape;
  shape.too_many_at_signs = count(markdown, '@') > at_signs_max;
  std::size_t longest = 0;
  std::size_t measured_to = 0;  // definitions before this were measured from an earlier line of the same paragraph
  for (std::size_t line = 0; line < markdown.size();) {
    const std::size_t end = std::min(markdown.find('\n', line), markdown.size());
    if (count(markdown.substr(line, end - line), '|') > table_columns_max) shape.tables_too_wide = true;
    if (line >= measured_to) {
      if (const std::size_t bytes = definition_bytes(markdown, line); bytes != 0) {
        longest = std::max(longest, bytes);
        measured_to = line + bytes;
      }
    }
    line = end + 1;
  }
  shape.definitions_explode = longest * count(markdown, '[') > definition_copies_bytes_max;
  return shape;
}

}  // namespace leanspec::hub::render
