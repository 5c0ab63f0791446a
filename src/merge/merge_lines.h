#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "merge/diff.h"
#include "merge/markdown_lines.h"
#include "merge/weave.h"

namespace leanspec::merge {

/// The lines of one text: `elements` are interned over all three texts, `traits` of the whole document.
struct Lines {
  std::span<const std::string_view> texts;
  std::span<const std::uint32_t> elements;
  std::span<const LineTraits> traits;

  [[nodiscard]] std::size_t size() const { return texts.size(); }
  [[nodiscard]] Lines part(LineRange range) const {
    return {texts.subspan(range.begin, range.size()), elements.subspan(range.begin, range.size()),
            traits.subspan(range.begin, range.size())};
  }
};

enum class WordsInLines { merge, never };

/// Merges three texts by lines: edits of neighbouring lines merge; two insertions at one point are a conflict unless
/// identical; so is an edit of a line that the other side deleted or rewrote, and text added to what it deleted or
/// moved away. Where both edited one line its words decide. Line ranges count within the given parts. Nothing when the
/// budget is spent.
[[nodiscard]] std::optional<std::vector<Stretch>> merge_lines(const Lines& base, const Lines& ours, const Lines& theirs,
                                                              WordsInLines words, DiffBudget& budget);

}  // namespace leanspec::merge
