#include "wire/shown_text.h"

#include "text/utf8.h"
#include "wire/limits.h"

namespace leanspec::wire {

std::string shown_text(std::string_view text) {
  if (text.size() <= limits::text_bytes_max && !text::first_invalid_utf8(text)) return std::string(text);
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const bool is_character = text::next_code_point(text, at).has_value();
    if (!is_character) ++at;
    if (shown.size() + (at - from) > limits::text_bytes_max) break;
    if (is_character) {
      shown += text.substr(from, at - from);
    } else {
      shown += '?';
    }
  }
  return shown;
}

}  // namespace leanspec::wire
