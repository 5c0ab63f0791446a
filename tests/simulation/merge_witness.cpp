#include "tests/simulation/merge_witness.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

namespace leanspec::simulation {

namespace {

constexpr std::string_view opening = "---\n";
constexpr std::string_view closing = "\n---\n";

std::optional<std::string_view> body_of(std::string_view text) {
  const auto end = text.find(closing, opening.size() - 1);
  if (!text.starts_with(opening) || end == std::string_view::npos) return std::nullopt;
  return text.substr(end + closing.size());
}

using Words = std::map<std::string_view, std::int64_t>;

Words count(std::string_view text) {
  constexpr std::string_view blanks = " \n";
  Words words;
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    const auto end = std::min(text.find_first_of(blanks), text.size());
    if (end > 0) ++words[text.substr(0, end)];
    text.remove_prefix(end);
  }
  return words;
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
  auto before = count(*base_body);
  auto mine = count(*our_body);
  auto yours = count(*their_body);
  auto now = count(*merged_body);
  std::set<std::string_view> all;
  for (const auto* words : {&before, &mine, &yours, &now}) {
    for (const auto& [word, times] : *words) all.insert(word);
  }
  for (const auto word : all) {
    const auto was = before[word];
    const auto here = mine[word];
    const auto there = yours[word];
    if (was > 1 || here > 1 || there > 1) continue;
    const auto expected = here == was ? there : here;  // two that differ from the third are alike
    const bool added_by_both = here > was && there > was;
    if (now[word] != expected && !(added_by_both && now[word] == here + there))
      return "the word '" + std::string(word) + "' is there " + std::to_string(now[word]) + " times";
  }
  return std::nullopt;
}

}  // namespace leanspec::simulation
