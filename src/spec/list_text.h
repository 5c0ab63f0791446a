#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/frontmatter.h"

namespace leanspec::spec {

/// How a list stands in the bytes of a frontmatter, so that items can be taken out and put in and every other byte
/// stays: the text in front, one piece per item with the comments above it, the text behind.
struct ListText {
  enum class Style { block, flow };

  Style style = Style::block;
  std::string head;                ///< from the key to the first item: "tags:\n", "tags: ["
  std::vector<std::string> items;  ///< block: whole lines with dash and indent; flow: the bare item
  std::vector<std::string> gaps;   ///< flow: what stands before each item; the first is what follows the bracket
  std::string tail;                ///< behind the last item: "" or "]  # comment\n"
  std::size_t indent = 0;          ///< block: columns before the dashes
  std::string line_end = "\n";

  /// The whole lines of the field.
  [[nodiscard]] std::string text() const;
};

/// The list in its present text; an absent value counts as a list without items. Nothing when the value is no list, or
/// is written in a way that cannot be taken apart (an item that begins on the line behind its dash).
[[nodiscard]] std::optional<ListText> take_list_apart(std::string_view file, const FrontmatterField& field);

/// An item to put into `list`, in its style.
[[nodiscard]] std::string list_item(const ListText& list, const YamlValue& value);

/// The field written anew as a block list.
[[nodiscard]] ListText new_list(std::string_view key, std::string_view line_end);

}  // namespace leanspec::spec
