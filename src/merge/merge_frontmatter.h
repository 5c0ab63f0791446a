#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "merge/outcome.h"

namespace leanspec::merge {

/// The frontmatter's part of an outcome: its pieces of the draft, with conflicts counted from 0.
struct FrontmatterMerge {
  std::vector<DraftPiece> pieces;
  std::vector<Merged> merged;
  std::vector<Conflict> conflicts;
};

/// Where the frontmatter ends and the body begins: behind the closing line; 0 without (closed) frontmatter.
[[nodiscard]] std::size_t frontmatter_size(std::string_view text);

/// Frontmatters with more fields, or items in one list, are merged as text: fields are looked up by name. The largest
/// known ones have 14 fields and 30 items.
inline constexpr std::size_t fields_max = 256;
inline constexpr std::size_t list_items_max = 1000;

/// Merges what stands above the bodies of three normal texts: by fields when all can be read, else as text, whole lines
/// only. Derived times do not conflict there either.
[[nodiscard]] FrontmatterMerge merge_frontmatter(std::string_view base, std::string_view ours, std::string_view theirs,
                                                 Side later, DiffBudget& budget);

}  // namespace leanspec::merge
