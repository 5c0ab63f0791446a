#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "merge/text_lines.h"
#include "merge/weave.h"

namespace leanspec::merge {

enum class Side { ours, theirs };

[[nodiscard]] constexpr Side other(Side side) {
  return side == Side::ours ? Side::theirs : Side::ours;
}

/// How an edit came into the merged text.
enum class MergedBy { line, word, heading, field };
[[nodiscard]] std::string_view to_string(MergedBy by);

/// Something that the merge decided, for people to see and undo. For fields, `lost` is the value that did not win, as
/// it was written; it is in the loser's version for ever.
struct Merged {
  MergedBy by = MergedBy::line;
  LineRange lines;    ///< of the merged text
  std::string field;  ///< the key, of a field
  std::string lost;
  Side lost_by = Side::ours;  ///< of a field whose losing value is in `lost`
  bool has_lost = false;
};

enum class ConflictKind {
  text,         ///< lines of the body, or of a frontmatter that cannot be read
  field,        ///< one field of the frontmatter
  frontmatter,  ///< the frontmatter as a whole
  document,     ///< the document as a whole: no text, too large, or nothing in it could be trusted to merge
};
[[nodiscard]] std::string_view to_string(ConflictKind kind);

/// What one text has at the place of a conflict.
struct ConflictSide {
  LineRange lines;   ///< of the whole file, counted from 0
  std::string text;  ///< with LF line ends; empty where nothing stands
};

/// A place that people must decide.
struct Conflict {
  ConflictKind kind = ConflictKind::text;
  std::string field;  ///< the key, of a field
  std::string why;    ///< one sentence for people
  ConflictSide base;
  ConflictSide ours;
  ConflictSide theirs;
};

/// A document in which some places are still open: texts and conflicts, in the order of the file.
struct DraftPiece {
  std::string text;                 ///< merged text, LF line ends; empty for a conflict
  std::size_t conflict = SIZE_MAX;  ///< index in `conflicts`

  [[nodiscard]] bool is_conflict() const { return conflict != SIZE_MAX; }
};

struct Draft {
  std::vector<DraftPiece> pieces;
  bool byte_order_mark = false;
  LineEnd line_end = LineEnd::lf;
};

struct Outcome {
  std::string text;  ///< the merged bytes; empty when there are conflicts
  std::vector<Merged> merged;
  std::vector<Conflict> conflicts;  ///< none: it merged
  Draft draft;                      ///< for deciding conflict by conflict

  [[nodiscard]] bool clean() const { return conflicts.empty(); }
};

/// How a person decides one conflict.
struct Choice {
  enum class Take { ours, theirs, both, base, text };
  Take take = Take::ours;  ///< `both`: ours, then theirs
  std::string text;        ///< of Take::text
};

/// The document with every conflict decided, one choice each, in the order of `conflicts`. The number of choices must
/// be that of the conflicts.
[[nodiscard]] std::string decide(const Outcome& outcome, const std::vector<Choice>& choices);

}  // namespace leanspec::merge
