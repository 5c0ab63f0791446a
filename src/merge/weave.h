#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "merge/words.h"

namespace leanspec::merge {

/// One line as the base, both sides and the result have it; an absent text is a line that is not there.
///
/// The rows of a merge are its certificate: read column by column they must give exactly the base, ours and theirs, and
/// in each row the result must be what the rule of three says (the side that changed wins). The gate checks that.
struct Row {
  std::optional<std::string_view> base;
  std::optional<std::string_view> ours;
  std::optional<std::string_view> theirs;
  std::optional<MergedLine> words = std::nullopt;  ///< where both sides changed the line and words decided

  [[nodiscard]] std::optional<std::string_view> merged() const {
    if (words) return words->text;
    return ours == base ? theirs : ours;
  }
};

/// Lines [begin, end) of one text, counted from 0.
struct LineRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::size_t size() const { return end - begin; }
  friend bool operator==(const LineRange&, const LineRange&) = default;
};

enum class StretchKind {
  unchanged,
  one_side,  ///< one side changed it, or both in the same way
  lines,     ///< both sides changed it, in different lines
  words,     ///< both sides changed it, in different words of at least one line
  conflict,
};

/// A part of the text with its place in all three; the stretches of a merge follow each other without gaps.
struct Stretch {
  StretchKind kind = StretchKind::unchanged;
  LineRange base;
  LineRange ours;
  LineRange theirs;
  std::vector<Row> rows;  ///< none in a conflict
  std::string why;        ///< of a conflict, for people
};

}  // namespace leanspec::merge
