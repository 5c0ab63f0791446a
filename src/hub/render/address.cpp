#include "hub/render/address.h"

#include <algorithm>
#include <array>

namespace leanspec::hub::render {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The URL standard's preprocessing: control characters and spaces go from the ends, tabs and line breaks from
/// everywhere. We drop every control character, which no honest address has.
std::string as_read(std::string_view text) {
  std::string read;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) read += c;
  }
  while (read.starts_with(' ')) read.erase(0, 1);
  while (read.ends_with(' ')) read.pop_back();
  return read;
}

/// The scheme in lower case; empty when the address has none.
std::string scheme_of(std::string_view address) {
  std::string scheme;
  for (const char c : address) {
    if (c == ':') return scheme;
    const bool allowed =
        is_letter(c) || (!scheme.empty() && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'));
    if (!allowed) return {};
    scheme += lower(c);
  }
  return {};
}

AddressKind kind_without_scheme(std::string_view address) {
  if (address.starts_with('#')) return AddressKind::fragment;
  const auto slash = [&](std::size_t at) { return address.size() > at && (address[at] == '/' || address[at] == '\\'); };
  return slash(0) && slash(1) ? AddressKind::external : AddressKind::relative;
}

}  // namespace

Address link_address(std::string_view text) {
  Address address{AddressKind::refused, as_read(text)};
  const std::string scheme = scheme_of(address.text);
  if (scheme.empty()) {
    address.kind = kind_without_scheme(address.text);
  } else if (scheme == "http" || scheme == "https" || scheme == "mailto") {
    address.kind = AddressKind::external;
  }
  return address;
}

Address image_address(std::string_view text) {
  static constexpr std::array<std::string_view, 5> pictures = {"data:image/png;base64,", "data:image/gif;base64,",
                                                               "data:image/jpeg;base64,", "data:image/webp;base64,",
                                                               "data:image/avif;base64,"};
  Address address{AddressKind::refused, as_read(text)};
  const std::string scheme = scheme_of(address.text);
  if (scheme.empty()) {
    const AddressKind kind = kind_without_scheme(address.text);
    if (kind == AddressKind::relative) address.kind = kind;
  } else if (scheme == "https") {
    address.kind = AddressKind::external;
  } else if (scheme == "data") {
    std::string start = address.text.substr(0, 32);
    std::transform(start.begin(), start.end(), start.begin(), lower);
    const bool known =
        std::any_of(pictures.begin(), pictures.end(), [&](auto picture) { return start.starts_with(picture); });
    if (known) address.kind = AddressKind::external;
  }
  return address;
}

}  // namespace leanspec::hub::render
