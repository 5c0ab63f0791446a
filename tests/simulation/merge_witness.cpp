#include "tests/simulation/merge_witness.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

namespace leanspec::simulation {

namespace {

constexpr std::string_view opening = "---\n";
constexpr std::string_view closing = "\n---\n";

std::optional<std::string_view> body_of(std::string_view text) {
  const auto end = text.find(closing, opening.size() - 1);
  if (!text.starts_with(opening) || end == std::string_view::npos) return std::nullopt;
  return text.substr(end + closing.size());
}

/// How often a word is in each of the four texts.
struct Times {
  std::int64_t before = 0;
  std::int64_t mine = 0;
  std::int64_t yours = 0;
  std::int64_t now = 0;
};
using Words = std::unordered_map<std::string_view, Times>;

void count(std::string_view text, std::int64_t Times::*in, Words& words) {
  constexpr std::string_view blanks = " \n";
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    // A title is one word: its number is that of some line as well.
    const auto end = std::min(text.starts_with("# ") ? text.find('\n') : text.find_first_of(blanks), text.size());
    if (end > 0) ++(words[text.substr(0, end)].*in);
    text.remove_prefix(end);
  }
}

}  // namespace

std::optional<std::string> wrong_in_merge(std::string_view base, std::string_view ours, std::string_view theirs,
                                          std::string_view merged) {
  const auto base_body = body_of(base);
  const auto our_body = body_of(ours);
  const auto their_body = body_of(theirs);
  if (!base_body || !our_body || !their_body) return std::nullopt;  // its frontmatter is text like any other
  const auto merged_body = body_of(merged);
  if (!merged_body) return "the frontmatter is gone";
  Words words;
  count(*base_body, &Times::before, words);
  count(*our_body, &Times::mine, words);
  count(*their_body, &Times::yours, words);
  count(*merged_body, &Times::now, words);
  // Words that no line has to itself say nothing: one that both sides took out may have come with another line.
  const auto is_of_one_line = [](std::string_view word) {
    return std::any_of(word.begin(), word.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
  };
  // The first in order, so that a replay says the same.
  std::optional<std::string_view> wrong;
  for (const auto& [word, times] : words) {
    if (!is_of_one_line(word)) continue;
    if (times.before > 1 || times.mine > 1 || times.yours > 1) continue;
    const auto expected =
        times.mine == times.before ? times.yours : times.mine;  // two that differ from the third are alike
    const bool added_by_both = times.mine > times.before && times.yours > times.before;
    const bool right = times.now == expected || (added_by_both && times.now == times.mine + times.yours);
    if (!right && (!wrong || word < *wrong)) wrong = word;
  }
  if (wrong) return "the word '" + std::string(*wrong) + "' is there " + std::to_string(words[*wrong].now) + " times";
  return std::nullopt;
}

}  // namespace leanspec::simulation
