#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "merge/outcome.h"

namespace leanspec::merge {

/// A stretch of one line: what the other text has in that line too, or not.
struct LinePart {
  std::string text;
  bool changed = false;
};

enum class LineFate { same, removed, added };

/// One line of a comparison, for people to read.
struct ComparedLine {
  LineFate fate = LineFate::same;
  std::optional<std::size_t> from;  ///< its number in the first text, counted from 0
  std::optional<std::size_t> to;    ///< in the second
  std::string text;                 ///< without its end
  bool ends = true;                 ///< false: the last line, and no newline behind it
  std::vector<LinePart> parts;      ///< of an edited line: all of `text`, word by word; else empty
};

/// Lines that differ, with some equal ones around them.
struct ComparedStretch {
  LineRange from;
  LineRange to;
  std::vector<ComparedLine> lines;
};

struct Comparison {
  std::vector<ComparedStretch> stretches;  ///< in order; none: the texts say the same
  std::size_t removed = 0;                 ///< lines
  std::size_t added = 0;
};

/// As many equal lines are shown around a difference as patches have for fifty years.
inline constexpr std::size_t context_lines = 3;

/// What is different in `to`, line by line and inside edited lines word by word. Line ends and a byte order mark are no
/// difference. Texts that differ too much for their size are shown as one removed and one added whole. Nothing: one of
/// them is no text, or larger than what is merged (merge_documents.h).
[[nodiscard]] std::optional<Comparison> compare(std::string_view from, std::string_view to,
                                                std::size_t context = context_lines);

/// Two texts that go on from nothing common: what both say is merged, and each difference is a place for people to
/// decide, with an empty base. What merge_documents() cannot merge is one conflict of the whole document here too.
[[nodiscard]] Outcome merge_without_base(std::string_view ours, std::string_view theirs);

}  // namespace leanspec::merge
