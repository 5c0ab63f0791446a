#include "merge/outcome.h"

#include <cassert>

namespace leanspec::merge {

namespace {

std::string chosen(const Conflict& conflict, const Choice& choice) {
  switch (choice.take) {
    case Choice::Take::ours:
      return conflict.ours.text;
    case Choice::Take::theirs:
      return conflict.theirs.text;
    case Choice::Take::base:
      return conflict.base.text;
    case Choice::Take::text:
      return choice.text;
    case Choice::Take::both:
      break;
  }
  std::string both = conflict.ours.text;
  if (!both.empty() && !both.ends_with('\n') && !conflict.theirs.text.empty()) both += '\n';
  return both + conflict.theirs.text;
}

}  // namespace

std::string_view to_string(MergedBy by) {
  switch (by) {
    case MergedBy::line:
      return "line";
    case MergedBy::word:
      return "word";
    case MergedBy::heading:
      return "heading";
    case MergedBy::field:
      return "field";
  }
  return {};
}

std::string_view to_string(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::text:
      return "text";
    case ConflictKind::field:
      return "field";
    case ConflictKind::frontmatter:
      return "frontmatter";
    case ConflictKind::document:
      return "document";
  }
  return {};
}

std::string decide(const Outcome& outcome, const std::vector<Choice>& choices) {
  assert(choices.size() == outcome.conflicts.size());
  std::string text;
  for (const DraftPiece& piece : outcome.draft.pieces) {
    text += piece.is_conflict() ? chosen(outcome.conflicts[piece.conflict], choices[piece.conflict]) : piece.text;
  }
  // A text that a person typed may have brought the document's line ends along.
  if (outcome.draft.line_end == LineEnd::crlf) text = normalise(text).text;
  return restore(text, outcome.draft.byte_order_mark, outcome.draft.line_end);
}

}  // namespace leanspec::merge
