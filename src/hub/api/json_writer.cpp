#include "hub/api/json_writer.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "text/hex.h"
#include "text/utf8.h"

namespace leanspec::hub::api {

namespace {

constexpr std::size_t block_bytes = 16;
using Block [[gnu::vector_size(block_bytes)]] = unsigned char;

[[nodiscard]] constexpr Block block_of(unsigned char c) {
  return Block{} + c;
}

[[nodiscard]] bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

/// Where at or after `at` the first character stands that JSON wants escaped. Sixteen at once: nearly all need none.
[[nodiscard]] std::size_t next_escape(std::string_view text, std::size_t at) {
  for (; at + block_bytes <= text.size(); at += block_bytes) {
    Block block;
    std::memcpy(&block, text.data() + at, sizeof block);
    const auto hits = (block < block_of(0x20)) | (block == block_of('"')) | (block == block_of('\\'));
    std::uint64_t lanes[2];
    std::memcpy(lanes, &hits, sizeof lanes);
    if ((lanes[0] | lanes[1]) != 0) break;
  }
  while (at < text.size() && !needs_escape(text[at])) ++at;
  return at;
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      text::append_hex(out, static_cast<std::uint8_t>(c));
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t escape = next_escape(text, at);
    out.append(text, at, escape - at);
    if (escape < text.size()) append_escape(out, text[escape]);
    at = escape + 1;
  }
  out += '"';
}

}  // namespace

void JsonWriter::name(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  first_ = true;
}

void JsonWriter::text(std::string_view text) {
  separate();
  if (text::first_invalid_utf8(text)) {
    append_quoted(out_, text::to_shown_text(text));
  } else {
    append_quoted(out_, text);
  }
}

void JsonWriter::number(double number) {
  if (!std::isfinite(number)) return null();
  char digits[32];
  written({digits, std::to_chars(digits, digits + sizeof digits, number).ptr});
}

void JsonWriter::written(std::string_view json) {
  separate();
  out_ += json;
}

}  // namespace leanspec::hub::api
