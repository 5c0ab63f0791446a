#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/result.h"

namespace leanspec::spec {

/// One checkbox of a Markdown file: `- [ ] text`, also numbered, nested and in quotes; none in frontmatter or code.
struct ChecklistItem {
  std::uint32_t line = 0;   ///< 1-based, in the whole file
  std::size_t mark_at = 0;  ///< offset of the one byte between the brackets
  bool checked = false;
  std::string_view text;  ///< of the file: what follows the box on its line
};

[[nodiscard]] std::vector<ChecklistItem> checklist_items(std::string_view file);

/// What one checkbox shall be. It is named by its line, its text or both.
struct ChecklistToggle {
  std::optional<std::uint32_t> line;
  /// LeanSpec's rule: the first item that contains it, case and inline markup aside; an item that equals it goes first.
  std::string text;
  bool checked = false;
};

struct ToggledItem {
  std::uint32_t line = 0;
  std::string text;
  bool checked = false;
};

struct ChecklistEdit {
  std::string file;
  std::vector<ToggledItem> items;  ///< one for each toggle, in their order
};

/// Sets the marks of these checkboxes and leaves every other byte alone. One that is as it shall be stays.
/// Error: conflict, when there is no such checkbox: the text has changed since somebody saw it.
[[nodiscard]] Result<ChecklistEdit> toggle_checklist(std::string_view file, std::span<const ChecklistToggle> toggles);

}  // namespace leanspec::spec
