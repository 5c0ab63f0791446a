#pragma once

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace leanspec::tests {

/// Reads HTML as a browser does and names the first thing in it that could run, load or style something: an element or
/// attribute outside a short list, or an address with an active scheme. Written apart from the cleaner that it judges.
inline std::optional<std::string> harmful_part(const GumboNode& node) {
  if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE) return std::nullopt;
  if (node.type == GUMBO_NODE_COMMENT || node.type == GUMBO_NODE_CDATA || node.type == GUMBO_NODE_TEMPLATE)
    return "comment, CDATA or template";
  if (node.type == GUMBO_NODE_ELEMENT) {
    constexpr std::string_view elements =
        " html head body a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 "
        "h2 h3 h4 h5 h6 hr i "
        "img input ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody "
        "td "
        "tfoot th thead tr u ul var wbr ";
    constexpr std::string_view attributes =
        " align alt aria-label checked class colspan data-footnote-backref data-footnote-ref data-footnotes data-line "
        "data-task dir "
        "disabled height href id lang loading open rel reversed rowspan src start target title type value width ";
    const GumboElement& element = node.v.element;
    const std::string tag = gumbo_normalized_tagname(element.tag);
    if (element.tag_namespace != GUMBO_NAMESPACE_HTML || tag.empty() ||
        elements.find(" " + tag + " ") == std::string_view::npos) {
      return "element " + tag + " " + std::string(element.original_tag.data, element.original_tag.length);
    }
    for (unsigned i = 0; i < element.attributes.length; ++i) {
      const auto& attribute = *static_cast<const GumboAttribute*>(element.attributes.data[i]);
      const std::string name = attribute.name;
      if (attributes.find(" " + name + " ") == std::string_view::npos) return "attribute " + name;
      if (name != "href" && name != "src") continue;
      // As the URL standard reads it: no control characters and spaces at the ends, no tabs and line ends anywhere.
      std::string value;
      const auto at_ends = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
      for (const char* c = attribute.value; *c != '\0'; ++c) {
        if (*c == '\t' || *c == '\n' || *c == '\r' || (value.empty() && at_ends(*c))) continue;
        value += *c >= 'A' && *c <= 'Z' ? static_cast<char>(*c - 'A' + 'a') : *c;
      }
      while (!value.empty() && at_ends(value.back())) value.pop_back();
      const std::size_t colon = value.find(':');
      const bool is_scheme = value[0] >= 'a' && value[0] <= 'z' &&
                             value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") == colon;
      if (colon == std::string::npos || !is_scheme) continue;
      const std::string scheme = value.substr(0, colon);
      const bool picture = name == "src" && value.starts_with("data:image/") && !value.starts_with("data:image/svg");
      if (scheme != "http" && scheme != "https" && scheme != "mailto" && !picture) return name + " " + value;
    }
  }
  const GumboVector& children = node.type == GUMBO_NODE_DOCUMENT ? node.v.document.children : node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    if (auto part = harmful_part(*static_cast<const GumboNode*>(children.data[i]))) return part;
  }
  return std::nullopt;
}

inline std::optional<std::string> harmful_part(std::string_view html) {
  const std::string page = "<!DOCTYPE html><body>" + std::string(html);
  GumboOutput* output = gumbo_parse_with_options(&kGumboDefaultOptions, page.data(), page.size());
  auto part = harmful_part(*output->root);
  gumbo_destroy_output(&kGumboDefaultOptions, output);
  return part;
}

}  // namespace leanspec::tests
