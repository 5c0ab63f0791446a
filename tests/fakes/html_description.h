#pragma once

#include <gumbo.h>

#include <string>
#include <string_view>

namespace leanspec::tests {

/// A tree of HTML as a text that differs where the trees do.
inline void describe_html(const GumboNode& node, std::string& out) {
  if (node.type != GUMBO_NODE_ELEMENT) {
    out += node.v.text.text;
    return;
  }
  const GumboElement& element = node.v.element;
  out += std::string("<") + gumbo_normalized_tagname(element.tag);
  for (unsigned i = 0; i < element.attributes.length; ++i) {
    const auto& one = *static_cast<const GumboAttribute*>(element.attributes.data[i]);
    out += std::string(" ") + one.name + "=" + one.value;
  }
  out += ">";
  for (unsigned i = 0; i < element.children.length; ++i) {
    describe_html(*static_cast<const GumboNode*>(element.children.data[i]), out);
  }
  out += "</>";
}

/// Of what `Tree` makes of the HTML.
template <typename Tree>
std::string description_of(std::string_view html) {
  const Tree tree(html);
  if (tree.root() == nullptr) return "no tree";
  std::string out;
  const GumboVector& children = tree.root()->v.element.children;
  for (unsigned i = 0; i < children.length; ++i) describe_html(*static_cast<const GumboNode*>(children.data[i]), out);
  return out;
}

}  // namespace leanspec::tests
