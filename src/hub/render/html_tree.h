#pragma once

#include <gumbo.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace leanspec::hub::render {

/// A piece of HTML parsed as browsers parse it. Gumbo knows no limits and does not survive a refused allocation, so it
/// gets its memory from an arena with a budget; when that is spent the parse is left behind and there is no tree.
/// Freeing is dropping the arena, which also avoids gumbo's recursive clean-up of deep trees.
class HtmlTree {
 public:
  explicit HtmlTree(std::string_view html);
  HtmlTree(const HtmlTree&) = delete;
  HtmlTree& operator=(const HtmlTree&) = delete;
  ~HtmlTree();

  /// The element that holds the parsed nodes; null when the budget did not suffice. `html` must outlive it.
  [[nodiscard]] const GumboNode* root() const { return root_; }

 private:
  class Arena;

  std::unique_ptr<Arena> arena_;
  const GumboNode* root_ = nullptr;
};

}  // namespace leanspec::hub::render
