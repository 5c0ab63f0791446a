#include "merge/merge_documents.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "merge/gate.h"
#include "merge/merge_body.h"
#include "merge/merge_frontmatter.h"
#include "spec/frontmatter.h"
#include "text/utf8.h"

namespace leanspec::merge {

namespace {

constexpr const char* why_no_text = "It is no UTF-8 text, so one version must be chosen";
constexpr const char* why_too_large = "It is larger than what is merged, so one version must be chosen";

constexpr const char* why_misread = "The merged text would begin with a frontmatter that neither side has";

bool is_text(std::string_view bytes) {
  return bytes.find('\0') == std::string_view::npos && !text::first_invalid_utf8(bytes);
}

std::size_t lines_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

Outcome taken(std::string_view bytes) {
  Outcome outcome;
  outcome.text = bytes;
  return outcome;
}

Outcome undecided(const char* why, std::string_view base, std::string_view ours, std::string_view theirs) {
  Outcome outcome;
  const auto side = [](std::string_view bytes) { return ConflictSide{{0, lines_in(bytes)}, std::string(bytes)}; };
  outcome.conflicts.push_back({ConflictKind::document, "", why, side(base), side(ours), side(theirs)});
  outcome.draft.pieces.emplace_back().conflict = 0;
  return outcome;
}

/// What beside the content is kept: byte order mark and line ends, three-way.
struct Style {
  bool byte_order_mark = false;
  LineEnd line_end = LineEnd::lf;
};

Style merged_style(const NormalText& base, const NormalText& ours, const NormalText& theirs) {
  Style style;
  style.byte_order_mark = ours.byte_order_mark == base.byte_order_mark ? theirs.byte_order_mark : ours.byte_order_mark;
  // The document's own line ends; another machine's style is no edit unless both agree on it.
  if (ours.line_end == theirs.line_end)
    style.line_end = ours.line_end.value_or(LineEnd::lf);
  else if (base.line_end)
    style.line_end = *base.line_end;
  else if (!ours.line_end || !theirs.line_end)
    style.line_end = ours.line_end ? *ours.line_end : *theirs.line_end;  // of a text of one line, continued by one side
  return style;
}

class DocumentMerge {
 public:
  DocumentMerge(const NormalText& base, const NormalText& ours, const NormalText& theirs, Side later)
      : base_(base.text),
        ours_(ours.text),
        theirs_(theirs.text),
        later_(later),
        style_(merged_style(base, ours, theirs)) {}

  Outcome run() {
    outcome_.draft.byte_order_mark = style_.byte_order_mark;
    outcome_.draft.line_end = style_.line_end;
    DiffBudget budget;
    FrontmatterMerge frontmatter = merge_frontmatter(base_, ours_, theirs_, later_, budget);
    outcome_.draft.pieces = std::move(frontmatter.pieces);
    outcome_.merged = std::move(frontmatter.merged);
    outcome_.conflicts = std::move(frontmatter.conflicts);
    std::size_t block = 0;
    for (const DraftPiece& piece : outcome_.draft.pieces) {
      line_ += lines_in(piece.text);
      block += piece.text.size();
    }
    const auto body = [](std::string_view text) { return text.substr(frontmatter_size(text)); };
    add_body(body(base_), body(ours_), body(theirs_));
    if (outcome_.clean()) finish(block);
    return std::move(outcome_);
  }

 private:
  void add_body(std::string_view base, std::string_view ours, std::string_view theirs) {
    if (ours == base || ours == theirs) return add_text(std::string(theirs));
    if (theirs == base) return add_text(std::string(ours));
    const BodyTexts texts = read_bodies(base, ours, theirs);
    DiffBudget budget;
    BodyMerge merge = merge_body(texts, WordsInLines::merge, budget);
    if (merge.clean()) {
      auto why = refuse(texts, merge);
      if (!why && mirrored(texts) != merge.text()) why = "exchanging the two versions would give another text";
      if (why) merge.why_not = "It was not merged, because " + *why;
    }
    if (!merge.why_not.empty())
      return add_conflict(merge.why_not, texts, all(texts.base), all(texts.ours), all(texts.theirs));
    add_stretches(texts, merge);
  }

  /// The same merge with the sides exchanged; nothing when that is a conflict.
  static std::optional<std::string> mirrored(const BodyTexts& texts) {
    BodyTexts exchanged = texts;
    std::swap(exchanged.ours, exchanged.theirs);
    DiffBudget budget;
    const BodyMerge merge = merge_body(exchanged, WordsInLines::merge, budget);
    return merge.clean() ? std::optional(merge.text()) : std::nullopt;
  }

  static LineRange all(const BodyText& text) { return {0, text.split.lines.size()}; }

  void add_text(std::string text) {
    if (text.empty()) return;
    line_ += lines_in(text);
    outcome_.draft.pieces.emplace_back().text = std::move(text);
  }

  void add_stretches(const BodyTexts& texts, const BodyMerge& merge) {
    for (const WovenSection& section : merge.sections) {
      for (const Stretch& stretch : section.stretches) {
        if (stretch.kind == StretchKind::conflict) {
          add_conflict(stretch.why, texts, stretch.base, stretch.ours, stretch.theirs);
          continue;
        }
        std::vector<std::string_view> lines;
        for (const Row& row : stretch.rows)
          if (const auto line = row.merged()) lines.push_back(*line);
        if (stretch.kind == StretchKind::lines || stretch.kind == StretchKind::words)
          note(stretch.kind == StretchKind::words ? MergedBy::word : MergedBy::line, lines.size());
        add_text(join_lines(lines, !lines.empty()));
      }
    }
    if (merge.by_headings) note_headings(merge);
    if (merge.final_newline || outcome_.draft.pieces.empty()) return;
    std::string& last = outcome_.draft.pieces.back().text;
    if (last.ends_with('\n') && !merge.sections.empty()) last.pop_back();
  }

  void note(MergedBy by, std::size_t lines) {
    Merged& report = outcome_.merged.emplace_back();
    report.by = by;
    report.lines = {line_, line_ + lines};
  }

  void note_headings(const BodyMerge& merge) {
    std::size_t lines = 0;
    for (const WovenSection& section : merge.sections)
      for (const Stretch& stretch : section.stretches)
        for (const Row& row : stretch.rows) lines += row.merged() ? 1U : 0U;
    Merged& report = outcome_.merged.emplace_back();
    report.by = MergedBy::heading;
    report.lines = {line_ - std::min(line_, lines), line_};
  }

  void add_conflict(std::string why, const BodyTexts& texts, LineRange base, LineRange ours, LineRange theirs) {
    const auto side = [](const BodyText& text, LineRange lines, std::string_view whole) {
      const std::size_t above = lines_in(whole.substr(0, frontmatter_size(whole)));
      const auto& all = text.split.lines;
      const std::vector<std::string_view> part(all.begin() + static_cast<std::ptrdiff_t>(lines.begin),
                                               all.begin() + static_cast<std::ptrdiff_t>(lines.end));
      const bool at_end = lines.end == all.size();
      return ConflictSide{{above + lines.begin, above + lines.end},
                          join_lines(part, !part.empty() && (!at_end || text.split.final_newline))};
    };
    outcome_.draft.pieces.emplace_back().conflict = outcome_.conflicts.size();
    outcome_.conflicts.push_back({ConflictKind::text, "", std::move(why), side(texts.base, base, base_),
                                  side(texts.ours, ours, ours_), side(texts.theirs, theirs, theirs_)});
  }

  /// The pieces as one text, if its frontmatter ends where the pieces say.
  void finish(std::size_t block) {
    std::string text;
    for (const DraftPiece& piece : outcome_.draft.pieces) text += piece.text;
    if (frontmatter_size(text) == block) {
      outcome_.text = restore(text, style_.byte_order_mark, style_.line_end);
    } else {
      outcome_ = undecided(why_misread, base_, ours_, theirs_);
    }
  }

  std::string_view base_;
  std::string_view ours_;
  std::string_view theirs_;
  Side later_;
  Style style_;
  std::size_t line_ = 0;
  Outcome outcome_;
};

}  // namespace

Outcome merge_documents(std::string_view base, std::string_view ours, std::string_view theirs, Side later) {
  if (ours == theirs || theirs == base) return taken(ours);
  if (ours == base) return taken(theirs);
  if (std::max({base.size(), ours.size(), theirs.size()}) > document_bytes_max ||
      std::max({lines_in(base), lines_in(ours), lines_in(theirs)}) > document_lines_max)
    return undecided(why_too_large, base, ours, theirs);
  if (!is_text(base) || !is_text(ours) || !is_text(theirs)) return undecided(why_no_text, base, ours, theirs);
  const NormalText normal_base = normalise(base);
  const NormalText normal_ours = normalise(ours);
  const NormalText normal_theirs = normalise(theirs);
  // Line ends and byte order marks alone are no edit.
  const bool ours_same = normal_ours.text == normal_base.text;
  const bool theirs_same = normal_theirs.text == normal_base.text;
  if (normal_ours.text == normal_theirs.text || ours_same || theirs_same) {
    const Style style = merged_style(normal_base, normal_ours, normal_theirs);
    return taken(restore(ours_same ? normal_theirs.text : normal_ours.text, style.byte_order_mark, style.line_end));
  }
  Outcome outcome = DocumentMerge(normal_base, normal_ours, normal_theirs, later).run();
  return outcome;
}

}  // namespace leanspec::merge
