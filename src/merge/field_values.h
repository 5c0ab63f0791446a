#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/frontmatter.h"

namespace leanspec::merge {

/// What a merge must know of a frontmatter key.
enum class FieldRole {
  plain,
  state,        ///< status, completed, completed_at: with the last transition one register, won together
  transitions,  ///< a set by (status, at), and part of that register by its last entry
  derived,      ///< times that tools write beside every edit: they take the later side's value and never conflict
  names,        ///< tags, depends_on, related: a list, also where it is written as one text
};

[[nodiscard]] FieldRole role_of(std::string_view key);

/// What the value says, however it is written: spellings of status and priority, forms of a time and quotes make no
/// difference. Equal meaning, equal text.
[[nodiscard]] std::string meaning(std::string_view key, const spec::YamlValue& value);

/// One item of a list for the three-way set: `id` is what makes it the same item, `says` all that it says.
struct ListItem {
  std::string id;
  std::string says;
  const spec::YamlValue* value = nullptr;
};

/// The value as a list; `storage` keeps items that stand in one text. A missing value has no items.
[[nodiscard]] std::vector<ListItem> list_items(std::string_view key, const spec::YamlValue* value,
                                               std::vector<spec::YamlValue>& storage);

/// Whether the value can be merged as a list: a list, nothing, or (for names) one text.
[[nodiscard]] bool is_list_like(std::string_view key, const spec::YamlValue* value);

}  // namespace leanspec::merge
