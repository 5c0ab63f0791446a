#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "merge/markdown_lines.h"
#include "merge/merge_documents.h"
#include "merge/text_lines.h"

namespace leanspec::merge {
namespace {

/// Lines of which the texts are made: few, so that they repeat, and of every kind.
const std::vector<std::string> lines_known = {
    "",
    "# One",
    "## Two",
    "## Three",
    "- [ ] write the scanner of the folder",
    "- [x] write the scanner of the folder",
    "- item",
    "  - sub",
    "1. first",
    "2. second",
    "the hub keeps every version",
    "a person decides what cannot be merged",
    "```",
    "~~~",
    "| a | b |",
    "|---|---|",
    "| yes | no |",
    "<!-- note",
    "-->",
    "---",
    "===",
    "[x]: url",
    "status: planned",
    "tags: [a, b]",
    "<<<<<<< x",
    "=======",
    "  indented",
    "\xE4\xB8\xAD\xE6\x96\x87",
    "updated_at: 2025-11-01",
    "see [it](http://host/a) or `code here` now",
};

using Numbers = std::vector<std::uint8_t>;

std::string text_of(const Numbers& numbers, bool frontmatter) {
  std::string text = frontmatter ? "---\nstatus: planned\ntags: [a, b]\nupdated_at: 1\n---\n" : "";
  for (const auto number : numbers) text += lines_known[number % lines_known.size()] + "\n";
  return text;
}

/// A few lines changed, put in or taken out; each step is (what, where, which line).
std::string edited(const std::string& text, const std::vector<std::uint32_t>& steps) {
  auto lines = split_lines(text).lines;
  std::vector<std::string> all(lines.begin(), lines.end());
  for (std::size_t i = 0; i < std::min<std::size_t>(steps.size(), 4); ++i) {
    const auto step = steps[i];
    const auto at = all.empty() ? 0 : (step / 4) % all.size();
    const auto& line = lines_known[(step / 1024) % lines_known.size()];
    const auto place = all.begin() + static_cast<std::ptrdiff_t>(at);
    switch (step % 4) {
      case 0:
        all.insert(place, line);
        break;
      case 1:
        if (!all.empty()) all.erase(place);
        break;
      case 2:
        if (!all.empty()) *place = line;
        break;
      default:
        if (!all.empty()) *place += " and more";
        break;
    }
  }
  std::string result;
  for (const auto& line : all) result += line + "\n";
  return result;
}

struct Three {
  std::string base;
  std::string ours;
  std::string theirs;
};

Three three(const Numbers& numbers, bool frontmatter, const std::vector<std::uint32_t>& our_steps,
            const std::vector<std::uint32_t>& their_steps) {
  const auto base = text_of(numbers, frontmatter);
  return {base, edited(base, our_steps), edited(base, their_steps)};
}

using Steps = std::vector<std::uint32_t>;

RC_GTEST_PROP(MergeLaws, equal_sides_and_one_side_are_taken, (Numbers numbers, bool frontmatter, Steps steps)) {
  const auto text = three(numbers, frontmatter, steps, {});
  RC_ASSERT(merge_documents(text.base, text.ours, text.ours, Side::ours).text == text.ours);
  RC_ASSERT(merge_documents(text.base, text.ours, text.base, Side::theirs).text == text.ours);
  RC_ASSERT(merge_documents(text.base, text.base, text.ours, Side::ours).text == text.ours);
}

RC_GTEST_PROP(MergeLaws, exchanging_the_sides_changes_nothing, (Numbers numbers, bool frontmatter, Steps a, Steps b)) {
  const auto text = three(numbers, frontmatter, a, b);
  const auto outcome = merge_documents(text.base, text.ours, text.theirs, Side::theirs);
  const auto exchanged = merge_documents(text.base, text.theirs, text.ours, Side::ours);
  RC_ASSERT(outcome.clean() == exchanged.clean());
  RC_ASSERT(outcome.text == exchanged.text);
  RC_ASSERT(outcome.merged.size() == exchanged.merged.size());
}

RC_GTEST_PROP(MergeLaws, the_result_merges_with_a_side_to_itself,
              (Numbers numbers, bool frontmatter, Steps a, Steps b)) {
  const auto text = three(numbers, frontmatter, a, b);
  const auto outcome = merge_documents(text.base, text.ours, text.theirs, Side::theirs);
  if (!outcome.clean()) return;
  RC_ASSERT(merge_documents(text.ours, outcome.text, text.ours, Side::ours).text == outcome.text);
}

RC_GTEST_PROP(MergeLaws, no_line_of_the_result_comes_from_nowhere_and_none_is_a_new_marker,
              (Numbers numbers, Steps a, Steps b)) {
  const auto text = three(numbers, false, a, b);
  const auto outcome = merge_documents(text.base, text.ours, text.theirs, Side::theirs);
  if (!outcome.clean()) {
    RC_ASSERT(outcome.text.empty());
    return;
  }
  const bool words = std::any_of(outcome.merged.begin(), outcome.merged.end(),
                                 [](const Merged& one) { return one.by == MergedBy::word; });
  const std::string all = "\n" + text.base + text.ours + text.theirs;
  for (const auto line : split_lines(outcome.text).lines) {
    const bool known = all.find("\n" + std::string(line) + "\n") != std::string::npos;
    RC_ASSERT(known || (words && !is_conflict_marker(line)));
  }
}

RC_GTEST_PROP(MergeLaws, a_draft_decided_for_one_side_where_only_the_other_is_open_is_whole,
              (Numbers numbers, bool frontmatter, Steps a, Steps b)) {
  const auto text = three(numbers, frontmatter, a, b);
  const auto outcome = merge_documents(text.base, text.ours, text.theirs, Side::theirs);
  if (outcome.clean()) return;
  for (const auto take : {Choice::Take::ours, Choice::Take::theirs, Choice::Take::both, Choice::Take::base}) {
    const auto decided = decide(outcome, std::vector<Choice>(outcome.conflicts.size(), Choice{take, ""}));
    RC_ASSERT(decided.find('\0') == std::string::npos);
  }
  for (const Conflict& conflict : outcome.conflicts) {
    RC_ASSERT(!conflict.why.empty());
    RC_ASSERT(text.ours.find(conflict.ours.text) != std::string::npos);
    RC_ASSERT(text.theirs.find(conflict.theirs.text) != std::string::npos);
    RC_ASSERT(text.base.find(conflict.base.text) != std::string::npos);
  }
}

RC_GTEST_PROP(MergeLaws, any_bytes_are_merged_or_not_and_never_more,
              (std::string base, std::string ours, std::string theirs)) {
  const auto outcome = merge_documents(base, ours, theirs, Side::ours);
  RC_ASSERT(outcome.clean() || outcome.text.empty());
}

}  // namespace
}  // namespace leanspec::merge
