#pragma once

#include <gumbo.h>

#include <memory>
#include <memory_resource>
#include <string_view>

namespace leanspec::hub::render {

/// HTML of the kind that Markdown without raw HTML becomes: known elements, each closed in order where HTML allows it
/// to stand, attributes in double quotes, four entities. For that kind browsers have nothing to mend, so that one
/// strict pass makes the same tree as HTML's own rules do, in a fifth of the time. Anything else gives no tree, and
/// HtmlTree must read it.
class PlainHtmlTree {
 public:
  explicit PlainHtmlTree(std::string_view html);
  PlainHtmlTree(const PlainHtmlTree&) = delete;
  PlainHtmlTree& operator=(const PlainHtmlTree&) = delete;

  /// The element that holds the parsed nodes; null when the HTML is not plain.
  [[nodiscard]] const GumboNode* root() const { return root_; }

 private:
  class Reader;

  std::pmr::monotonic_buffer_resource memory_;
  const GumboNode* root_ = nullptr;
};

}  // namespace leanspec::hub::render
