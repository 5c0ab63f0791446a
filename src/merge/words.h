#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "merge/diff.h"

namespace leanspec::merge {

enum class TokenKind {
  word,      ///< letters, digits and '_'; each ideograph or kana is a word of its own
  space,     ///< blanks
  mark,      ///< one character of anything else
  whole,     ///< a link's target, a URL or an inline code span: counts as a word and is never merged inside
  checkbox,  ///< the `[ ]` of a list item: a field of its own
  bar,       ///< the `|` between two cells of a table row
};

struct Token {
  std::string_view text;
  TokenKind kind = TokenKind::mark;
  bool ideograph = false;
};

/// Every byte of the line is in exactly one token.
[[nodiscard]] std::vector<Token> tokenize(std::string_view line);

/// One token, or a run of replaced ones, seen from the base, from both sides and in the result. An absent text is a
/// token that is not there. The texts of a column, one after the other, are the whole line of that side.
struct WordRow {
  std::string base;
  std::string ours;
  std::string theirs;
};

struct MergedLine {
  std::string text;
  std::vector<WordRow> rows;
};

/// Longer lines are no prose, and are not taken apart.
inline constexpr std::size_t line_bytes_max = 64 * 1024;

/// Merges two edits of one line, when between any two edits of different sides at least one word stands that neither
/// touched, and they are not in the same run of non-blanks. Nothing when they are closer, when a side rewrote more than
/// half of the words, or when repeated words make the place of an edit ambiguous.
[[nodiscard]] std::optional<MergedLine> merge_words(std::string_view base, std::string_view ours,
                                                    std::string_view theirs, DiffBudget& budget);

}  // namespace leanspec::merge
