#include "net/server/http_target.h"

#include <array>
#include <cstdint>

#include "text/hex.h"
#include "text/utf8.h"

namespace leanspec::net::server {
namespace {

constexpr std::size_t query_parameters_max = 128;  // no page of ours has ten; each costs two allocations

Error invalid(std::string what) {
  return Error(ErrorCode::invalid, std::move(what), "request target");
}

Result<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '%') {
      std::array<std::uint8_t, 1> byte{};
      if (!text::read_hex(text.substr(at + 1, 2), byte))
        return invalid("a '%' is not followed by two hexadecimal digits");
      c = static_cast<char>(byte[0]);
      at += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    const auto value = static_cast<unsigned char>(c);
    if (value == 0 || value == 0x7F) return invalid("it holds a control character");
    if (value < 0x20 && (!plus_is_space || (c != '\t' && c != '\n' && c != '\r')))
      return invalid("it holds a control character");
    decoded.push_back(c);
  }
  if (text::first_invalid_utf8(decoded)) return invalid("it is not UTF-8");
  return decoded;
}

bool climbs(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(segment.size());
  }
  return false;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text) {
  return decode(text, false);
}

Result<Target> parse_target(std::string_view target) {
  Target parts;
  if (target == "*") {
    parts.raw_path = parts.path = "*";
    return parts;
  }
  if (target.starts_with("http://") || target.starts_with("https://")) {
    const std::size_t authority = target.find("//") + 2;
    const std::size_t end = std::min(target.find_first_of("/?", authority), target.size());
    if (end == authority) return invalid("the absolute form lacks a host");
    target.remove_prefix(end);
    if (target.empty()) target = "/";
  }
  if (!target.starts_with('/')) return invalid("it does not begin with '/'");
  if (target.find('#') != std::string_view::npos) return invalid("a fragment is never sent");

  const std::size_t question = target.find('?');
  parts.raw_path = target.substr(0, question);
  LEANSPEC_ASSIGN(parts.path, percent_decode(parts.raw_path));
  if (climbs(parts.path)) return invalid("it holds '.' or '..' as a segment");
  if (question == std::string_view::npos) return parts;

  std::string_view rest = target.substr(question + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.empty()) continue;
    if (parts.query.size() == query_parameters_max) return invalid("it has more than 128 query parameters");
    const std::size_t equals = pair.find('=');
    LEANSPEC_ASSIGN(std::string name, decode(pair.substr(0, equals), true));
    std::string value;
    if (equals != std::string_view::npos) {
      LEANSPEC_ASSIGN(value, decode(pair.substr(equals + 1), true));
    }
    parts.query.emplace_back(std::move(name), std::move(value));
  }
  return parts;
}

}  // namespace leanspec::net::server
