#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "merge/outcome.h"
#include "spec/frontmatter.h"

namespace leanspec::merge {

/// A frontmatter with the text that it is part of. Its `yaml` range may be empty: a text without frontmatter.
struct FrontmatterIn {
  std::string_view file;
  spec::Frontmatter frontmatter;

  /// Everything up to the end of the closing line; empty without frontmatter.
  [[nodiscard]] std::string_view block() const { return file.substr(0, frontmatter.split.block.end); }
};

struct FieldsMerge {
  std::string block;           ///< as FrontmatterIn::block
  std::vector<Merged> merged;  ///< fields that both changed
  std::string why_not;         ///< not empty: a person must decide
};

/// Merges frontmatters that can be read, field by field: one side's change is taken; scalars that both changed take the
/// later side's value, and the loser is reported; lists merge as three-way sets; the status register is won as one;
/// derived times never conflict. Keys keep their order, values their quotes, and comments stay, as the bytes are those
/// of one of the texts wherever one of them says what must be said.
[[nodiscard]] FieldsMerge merge_fields(const FrontmatterIn& base, const FrontmatterIn& ours,
                                       const FrontmatterIn& theirs, Side later);

/// The gate of frontmatters: the merged block can be read, every value is the base's, a side's or the set rule's, keys
/// are there as the sides have them, and no comment was lost or doubled. Nothing when it passes.
[[nodiscard]] std::optional<std::string> refuse_fields(const FrontmatterIn& base, const FrontmatterIn& ours,
                                                       const FrontmatterIn& theirs, const FrontmatterIn& merged);

}  // namespace leanspec::merge
