#include "net/bearer_challenge.h"

namespace leanspec::net {
namespace {

constexpr std::string_view description_name = "error_description=\"";

/// RFC 6750 section 3: %x20-21 / %x23-5B / %x5D-7E.
[[nodiscard]] bool is_allowed(char c) {
  return c >= 0x20 && c <= 0x7E && c != '"' && c != '\\';
}

}  // namespace

std::string bearer_challenge(std::string_view error, std::string_view description) {
  std::string header = "Bearer error=\"" + std::string(error) + "\", " + std::string(description_name);
  for (const char c : description.substr(0, challenge_description_max)) {
    if (c == '"' || c == '\\') {
      header += '\'';
    } else {
      header += is_allowed(c) ? c : '?';
    }
  }
  return header + '"';
}

std::string challenge_description(std::string_view header) {
  const auto name = header.find(description_name);
  if (name == std::string_view::npos) return {};
  const std::string_view rest = header.substr(name + description_name.size());
  std::string description;
  for (const char c : rest.substr(0, rest.find('"')).substr(0, challenge_description_max))
    description += is_allowed(c) ? c : '?';
  return description;
}

}  // namespace leanspec::net
