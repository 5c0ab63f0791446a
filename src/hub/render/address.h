#pragma once

#include <string>
#include <string_view>

namespace leanspec::hub::render {

enum class AddressKind {
  external,  ///< http, https or mailto, or "//host/..."
  relative,  ///< within the project: "../082-x", "DESIGN.md#h", "/x"
  fragment,  ///< "#heading"
  refused,   ///< any other scheme
};

struct Address {
  AddressKind kind = AddressKind::refused;
  std::string text;  ///< as a browser would read it: without control characters, tabs and line breaks
};

/// What a browser would make of the address of a link. What is judged is what is returned, so nothing can hide.
[[nodiscard]] Address link_address(std::string_view text);
/// The same for images: https, inline pictures (PNG, GIF, JPEG, WebP, AVIF) and relative addresses.
[[nodiscard]] Address image_address(std::string_view text);

}  // namespace leanspec::hub::render
