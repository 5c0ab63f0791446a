#include "merge/merge_body.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "merge/merge_sections.h"

namespace leanspec::merge {

namespace {

constexpr const char* why_too_much = "The texts differ in more places than can be compared";

/// The traits with every line that looks like a heading taken for one, in code too.
std::vector<LineTraits> with_all_headings(const BodyText& body) {
  auto traits = body.traits;
  for (std::size_t i = 0; i < traits.size(); ++i) {
    if (traits[i].fenced || traits[i].commented) traits[i].heading = heading_level(body.split.lines[i]);
  }
  return traits;
}

/// Sections once more, where the fences of the text leave none: people nest fences in ways that Markdown reads
/// otherwise, and move the sections that they see.
std::optional<BodyMerge> merge_seen_sections(const BodyTexts& texts, WordsInLines words, DiffBudget& budget) {
  const auto base = with_all_headings(texts.base);
  const auto ours = with_all_headings(texts.ours);
  const auto theirs = with_all_headings(texts.theirs);
  const auto lines = [](const BodyText& body, const std::vector<LineTraits>& traits) {
    return Lines{body.split.lines, body.elements, traits};
  };
  return merge_sections(lines(texts.base, base), lines(texts.ours, ours), lines(texts.theirs, theirs), words, budget);
}

}  // namespace

BodyTexts read_bodies(std::string_view base, std::string_view ours, std::string_view theirs) {
  std::unordered_map<std::string_view, std::uint32_t> known;
  const auto read = [&](std::string_view text) {
    BodyText body;
    body.split = split_lines(text);
    body.traits = scan_markdown(body.split.lines);
    body.elements.reserve(body.split.lines.size());
    for (const auto line : body.split.lines)
      body.elements.push_back(known.try_emplace(line, static_cast<std::uint32_t>(known.size())).first->second);
    return body;
  };
  BodyTexts texts;
  texts.base = read(base);
  texts.ours = read(ours);
  texts.theirs = read(theirs);
  return texts;
}

bool BodyMerge::clean() const {
  if (!why_not.empty()) return false;
  for (const WovenSection& section : sections)
    for (const Stretch& stretch : section.stretches)
      if (stretch.kind == StretchKind::conflict) return false;
  return true;
}

std::string BodyMerge::text() const {
  std::vector<std::string_view> lines;
  for (const WovenSection& section : sections) {
    for (const Stretch& stretch : section.stretches) {
      for (const Row& row : stretch.rows) {
        if (const auto line = row.merged()) lines.push_back(*line);
      }
    }
  }
  return join_lines(lines, final_newline && !lines.empty());
}

BodyMerge merge_body(const BodyTexts& texts, WordsInLines words, DiffBudget& budget) {
  const Lines base = texts.base.lines();
  const Lines ours = texts.ours.lines();
  const Lines theirs = texts.theirs.lines();
  BodyMerge merge = merge_sections(base, ours, theirs, words, budget).value_or(BodyMerge());
  if (!merge.by_headings) {
    auto stretches = merge_lines(base, ours, theirs, words, budget);
    if (stretches) {
      WovenSection& whole = merge.sections.emplace_back();
      whole.base = whole.ours = whole.theirs = 0;
      whole.stretches = std::move(*stretches);
    }
    if (stretches && !merge.clean()) {
      if (auto seen = merge_seen_sections(texts, words, budget); seen && seen->clean()) merge = std::move(*seen);
    }
  }
  if (budget.steps_left == 0) {
    merge = {};
    merge.why_not = why_too_much;
  }
  const bool base_ends = texts.base.split.final_newline;
  const bool ours_ends = texts.ours.split.final_newline;
  merge.final_newline = ours_ends == base_ends ? texts.theirs.split.final_newline : ours_ends;
  return merge;
}

}  // namespace leanspec::merge
