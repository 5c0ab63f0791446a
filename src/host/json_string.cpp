#include "host/json_string.h"

#include <cstddef>
#include <cstdint>

#include "text/hex.h"
#include "text/utf8.h"

namespace leanspec::host {

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const auto point = text::next_code_point(text, at);
    if (!point) ++at;
    const char c = text[from];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (point && (*point < 0x20 || *point == 0x7F)) {
      out += "\\u00";
      text::append_hex(out, static_cast<std::uint8_t>(c));
    } else {
      text::append_code_point(out, point.value_or(text::replacement_character));
    }
  }
  out += '"';
}

}  // namespace leanspec::host
