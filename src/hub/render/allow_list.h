#pragma once

#include <gumbo.h>

#include <string_view>

namespace leanspec::hub::render {

enum class ElementRule {
  keep,    ///< the element and what is in it
  unwrap,  ///< what is in it
  drop,    ///< gone with all that is in it
};

[[nodiscard]] ElementRule element_rule(GumboTag tag);
/// An element without content and end tag.
[[nodiscard]] bool is_void(GumboTag tag);
/// True for an attribute that may stay with this value. Addresses, ids and classes of the renderer are not decided
/// here.
[[nodiscard]] bool attribute_allowed(GumboTag tag, std::string_view name, std::string_view value);

}  // namespace leanspec::hub::render
