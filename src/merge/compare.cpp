#include "merge/compare.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "merge/line_pairs.h"
#include "merge/merge_documents.h"
#include "merge/merge_frontmatter.h"
#include "text/utf8.h"

namespace leanspec::merge {

namespace {

using Elements = std::vector<std::uint32_t>;

/// Equal text, equal number.
class Interned {
 public:
  std::uint32_t operator()(std::string_view text) {
    return numbers_.try_emplace(text, static_cast<std::uint32_t>(numbers_.size())).first->second;
  }

 private:
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

bool comparable(std::string_view bytes) {
  return bytes.size() <= document_bytes_max && bytes.find('\0') == std::string_view::npos &&
         !text::first_invalid_utf8(bytes) &&
         static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n')) <= document_lines_max;
}

/// With their ends, so that a missing newline is a difference of the last line.
std::vector<std::string_view> whole_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  return line;
}

/// The lines of two texts and where they differ.
struct TwoTexts {
  TwoTexts(std::string_view first, std::string_view second) : from(whole_lines(first)), to(whole_lines(second)) {
    Interned number;
    const auto numbered = [&](const std::vector<std::string_view>& lines) {
      Elements elements;
      elements.reserve(lines.size());
      for (const auto line : lines) elements.push_back(number(line));
      return elements;
    };
    const Elements a = numbered(from);
    const Elements b = numbered(to);
    if (auto found = diff(a, b, budget)) {
      hunks = *std::move(found);
      slide(hunks, a, b, Slide::down);
    } else {
      hunks = {Hunk{0, static_cast<std::uint32_t>(a.size()), 0, static_cast<std::uint32_t>(b.size())}};
    }
  }

  std::vector<std::string_view> from;
  std::vector<std::string_view> to;
  DiffBudget budget;
  Hunks hunks;
};

std::vector<std::string_view> cut(const std::vector<std::string_view>& lines, std::size_t begin, std::size_t end) {
  return {lines.begin() + static_cast<std::ptrdiff_t>(begin), lines.begin() + static_cast<std::ptrdiff_t>(end)};
}

void append(std::vector<LinePart>& parts, std::string_view text, bool changed) {
  if (text.empty()) return;
  if (parts.empty() || parts.back().changed != changed) parts.push_back({std::string(), changed});
  parts.back().text += text;
}

/// Both lines of a pair in parts. Lines that share hardly anything get none: marks all over say nothing.
void mark_words(ComparedLine& removed, ComparedLine& added, DiffBudget& budget) {
  if (std::max(removed.text.size(), added.text.size()) > line_bytes_max) return;
  const auto old_tokens = tokenize(removed.text);
  const auto new_tokens = tokenize(added.text);
  Interned number;
  const auto numbered = [&](const std::vector<Token>& tokens) {
    Elements elements;
    elements.reserve(tokens.size());
    for (const Token& token : tokens) elements.push_back(number(token.text));
    return elements;
  };
  const Elements old_elements = numbered(old_tokens);
  const Elements new_elements = numbered(new_tokens);
  const auto hunks = diff(old_elements, new_elements, budget);
  if (!hunks) return;
  std::size_t i = 0;
  std::size_t j = 0;
  std::size_t shared = 0;
  const auto until = [&](std::size_t old_end, std::size_t new_end, bool changed) {
    for (; i < old_end; ++i) {
      append(removed.parts, old_tokens[i].text, changed);
      if (!changed && old_tokens[i].kind != TokenKind::space) shared += old_tokens[i].text.size();
    }
    for (; j < new_end; ++j) append(added.parts, new_tokens[j].text, changed);
  };
  for (const Hunk& hunk : *hunks) {
    until(hunk.base_begin, hunk.side_begin, false);
    until(hunk.base_end, hunk.side_end, true);
  }
  until(old_tokens.size(), new_tokens.size(), false);
  constexpr std::size_t shared_one_in = 5;
  if (shared * shared_one_in < std::max(removed.text.size(), added.text.size())) {
    removed.parts.clear();
    added.parts.clear();
  }
}

ComparedLine shown(std::string_view line, LineFate fate, std::optional<std::size_t> from,
                   std::optional<std::size_t> to) {
  ComparedLine compared;
  compared.fate = fate;
  compared.from = from;
  compared.to = to;
  compared.text = without_end(line);
  compared.ends = line.ends_with('\n');
  return compared;
}

/// The lines of one difference: what was removed, then what was added.
void add_difference(ComparedStretch& stretch, TwoTexts& texts, const Hunk& hunk) {
  const std::size_t first = stretch.lines.size();
  for (std::size_t i = hunk.base_begin; i < hunk.base_end; ++i)
    stretch.lines.push_back(shown(texts.from[i], LineFate::removed, i, std::nullopt));
  const std::size_t middle = stretch.lines.size();
  for (std::size_t i = hunk.side_begin; i < hunk.side_end; ++i)
    stretch.lines.push_back(shown(texts.to[i], LineFate::added, std::nullopt, i));
  auto from = cut(texts.from, hunk.base_begin, hunk.base_end);
  auto to = cut(texts.to, hunk.side_begin, hunk.side_end);
  std::transform(from.begin(), from.end(), from.begin(), without_end);
  std::transform(to.begin(), to.end(), to.begin(), without_end);
  for (const LinePair& pair : pair_lines(from, to, texts.budget))
    mark_words(stretch.lines[first + pair.base], stretch.lines[middle + pair.side], texts.budget);
}

void add_equal(ComparedStretch& stretch, const TwoTexts& texts, std::size_t from, std::size_t to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    stretch.lines.push_back(shown(texts.from[from + i], LineFate::same, from + i, to + i));
}

constexpr const char* why_different = "The two texts have no common version, and differ here";
constexpr const char* why_one = "One of the two is no text or larger than what is merged, so one must be chosen";

/// Takes the lines of both texts into the draft, and makes a place of every difference.
class Joined {
 public:
  Joined(std::string_view ours, std::string_view theirs)
      : texts_(ours, theirs), above_ours_(lines_above(ours)), above_theirs_(lines_above(theirs)) {}

  Outcome run() {
    std::size_t next = 0;
    for (const Hunk& hunk : texts_.hunks) {
      add_text(next, hunk.base_begin);
      add_place(hunk);
      next = hunk.base_end;
    }
    add_text(next, texts_.from.size());
    return std::move(outcome_);
  }

 private:
  static std::size_t lines_above(std::string_view text) {
    const auto block = text.substr(0, frontmatter_size(text));
    return static_cast<std::size_t>(std::count(block.begin(), block.end(), '\n'));
  }
  static ConflictSide side(const std::vector<std::string_view>& lines, std::size_t begin, std::size_t end) {
    ConflictSide made;
    made.lines = {begin, end};
    for (std::size_t i = begin; i < end; ++i) made.text += lines[i];
    return made;
  }
  void add_text(std::size_t begin, std::size_t end) {
    if (begin < end) outcome_.draft.pieces.emplace_back().text = side(texts_.from, begin, end).text;
  }
  void add_place(const Hunk& hunk) {
    Conflict place;
    // Both after another would not be YAML any more.
    const bool in_frontmatter = hunk.base_begin < above_ours_ || hunk.side_begin < above_theirs_;
    place.kind = in_frontmatter ? ConflictKind::frontmatter : ConflictKind::text;
    place.why = why_different;
    place.ours = side(texts_.from, hunk.base_begin, hunk.base_end);
    place.theirs = side(texts_.to, hunk.side_begin, hunk.side_end);
    outcome_.draft.pieces.emplace_back().conflict = outcome_.conflicts.size();
    outcome_.conflicts.push_back(std::move(place));
  }

  TwoTexts texts_;
  std::size_t above_ours_;
  std::size_t above_theirs_;
  Outcome outcome_;
};

Outcome one_of(std::string_view ours, std::string_view theirs) {
  Outcome outcome;
  Conflict whole;
  whole.kind = ConflictKind::document;
  whole.why = why_one;
  whole.ours.text = ours;
  whole.theirs.text = theirs;
  outcome.conflicts.push_back(std::move(whole));
  outcome.draft.pieces.emplace_back().conflict = 0;
  return outcome;
}

}  // namespace

std::optional<Comparison> compare(std::string_view from, std::string_view to, std::size_t context) {
  if (!comparable(from) || !comparable(to)) return std::nullopt;
  const NormalText first = normalise(from);
  const NormalText second = normalise(to);
  TwoTexts texts(first.text, second.text);
  Comparison comparison;
  for (std::size_t i = 0; i < texts.hunks.size();) {
    ComparedStretch& stretch = comparison.stretches.emplace_back();
    const Hunk& begin = texts.hunks[i];
    const std::size_t before = std::min<std::size_t>(context, begin.base_begin);
    stretch.from.begin = begin.base_begin - before;
    stretch.to.begin = begin.side_begin - before;
    add_equal(stretch, texts, stretch.from.begin, stretch.to.begin, before);
    for (;;) {
      const Hunk& hunk = texts.hunks[i];
      add_difference(stretch, texts, hunk);
      comparison.removed += hunk.base_end - hunk.base_begin;
      comparison.added += hunk.side_end - hunk.side_begin;
      const std::size_t next = ++i < texts.hunks.size() ? texts.hunks[i].base_begin : texts.from.size();
      const std::size_t gap = next - hunk.base_end;
      const bool goes_on = i < texts.hunks.size() && gap <= 2 * context;
      const std::size_t after = goes_on ? gap : std::min(gap, context);
      add_equal(stretch, texts, hunk.base_end, hunk.side_end, after);
      stretch.from.end = hunk.base_end + after;
      stretch.to.end = hunk.side_end + after;
      if (!goes_on) break;
    }
  }
  return comparison;
}

Outcome merge_without_base(std::string_view ours, std::string_view theirs) {
  if (!comparable(ours) || !comparable(theirs)) {
    if (ours != theirs) return one_of(ours, theirs);
    Outcome same;
    same.text = ours;
    return same;
  }
  const NormalText mine = normalise(ours);
  const NormalText other = normalise(theirs);
  Outcome outcome = Joined(mine.text, other.text).run();
  outcome.draft.byte_order_mark = mine.byte_order_mark;
  outcome.draft.line_end = mine.line_end.value_or(other.line_end.value_or(LineEnd::lf));
  if (outcome.clean()) outcome.text = ours;
  return outcome;
}

}  // namespace leanspec::merge
