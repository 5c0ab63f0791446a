#include "merge/text_lines.h"

namespace leanspec::merge {

namespace {

constexpr std::string_view byte_order_mark_bytes = "\xEF\xBB\xBF";

}  // namespace

NormalText normalise(std::string_view bytes) {
  NormalText normal;
  if (bytes.starts_with(byte_order_mark_bytes)) {
    normal.byte_order_mark = true;
    bytes.remove_prefix(byte_order_mark_bytes.size());
  }
  normal.text.reserve(bytes.size());
  std::size_t feeds = 0;
  std::size_t pairs = 0;
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    if (newline == std::string_view::npos) {
      normal.text += bytes;
      break;
    }
    const bool pair = newline > 0 && bytes[newline - 1] == '\r';
    normal.text += bytes.substr(0, pair ? newline - 1 : newline);
    normal.text += '\n';
    ++(pair ? pairs : feeds);
    bytes.remove_prefix(newline + 1);
  }
  if (feeds + pairs > 0) normal.line_end = pairs > feeds ? LineEnd::crlf : LineEnd::lf;
  return normal;
}

std::string restore(std::string_view text, bool byte_order_mark, LineEnd line_end) {
  std::string bytes(byte_order_mark ? byte_order_mark_bytes : std::string_view());
  bytes.reserve(bytes.size() + text.size());
  for (const char c : text) {
    if (c == '\n' && line_end == LineEnd::crlf) bytes += '\r';
    bytes += c;
  }
  return bytes;
}

TextLines split_lines(std::string_view text) {
  TextLines split;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    split.lines.push_back(text.substr(0, newline));
    split.final_newline = newline != std::string_view::npos;
    text.remove_prefix(split.final_newline ? newline + 1 : text.size());
  }
  return split;
}

std::string join_lines(const std::vector<std::string_view>& lines, bool final_newline) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += lines[i];
    if (i + 1 < lines.size() || final_newline) text += '\n';
  }
  return text;
}

}  // namespace leanspec::merge
