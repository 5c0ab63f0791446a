#include <algorithm>
#include <map>
#include <set>

#include "merge/field_values.h"
#include "merge/merge_fields.h"
#include "merge/text_lines.h"

namespace leanspec::merge {

namespace {

using Counts = std::map<std::string_view, std::size_t>;

/// Every comment, with the blanks before it left out. A `#` in a quoted text counts as well, which makes the gate
/// strict and never lax.
Counts comments_in(std::string_view block) {
  Counts counts;
  for (const auto line : split_lines(block).lines) {
    auto at = line.find('#');
    while (at != std::string_view::npos && at > 0 && line[at - 1] != ' ' && line[at - 1] != '\t')
      at = line.find('#', at + 1);
    if (at != std::string_view::npos) ++counts[line.substr(at)];
  }
  return counts;
}

bool keeps_comments(const FrontmatterIn& base, const FrontmatterIn& ours, const FrontmatterIn& theirs,
                    const FrontmatterIn& merged) {
  auto in_base = comments_in(base.block());
  auto in_ours = comments_in(ours.block());
  auto in_theirs = comments_in(theirs.block());
  auto in_merged = comments_in(merged.block());
  std::set<std::string_view> all;
  for (const Counts* counts : {&in_base, &in_ours, &in_theirs, &in_merged})
    for (const auto& [comment, ignored] : *counts) all.insert(comment);
  return std::all_of(all.begin(), all.end(), [&](std::string_view comment) {
    const auto was = in_base[comment];
    const auto our = in_ours[comment];
    const auto their = in_theirs[comment];
    const auto now = in_merged[comment];
    if (our == was) return now == their;
    if (their == was) return now == our;
    return now >= std::min(our, their) && now <= std::max(our, their);
  });
}

std::string says(const FrontmatterIn& text, const std::string& key) {
  const auto* const field = text.frontmatter.find(key);
  return field == nullptr ? std::string() : meaning(key, field->value);
}

std::set<std::string> items_of(const FrontmatterIn& text, const std::string& key) {
  const auto* const field = text.frontmatter.find(key);
  std::vector<spec::YamlValue> storage;
  std::set<std::string> ids;
  for (const ListItem& item : list_items(key, field != nullptr ? &field->value : nullptr, storage)) ids.insert(item.id);
  return ids;
}

/// The set rule, said in another way than the merge says it: an item is there as it is in the side that changed it.
bool is_three_way_set(const FrontmatterIn& base, const FrontmatterIn& ours, const FrontmatterIn& theirs,
                      const FrontmatterIn& merged, const std::string& key) {
  const auto was = items_of(base, key);
  const auto our = items_of(ours, key);
  const auto their = items_of(theirs, key);
  const auto now = items_of(merged, key);
  std::set<std::string> all = was;
  all.insert(our.begin(), our.end());
  all.insert(their.begin(), their.end());
  all.insert(now.begin(), now.end());
  return std::all_of(all.begin(), all.end(), [&](const std::string& item) {
    const bool expected = our.contains(item) == was.contains(item) ? their.contains(item) : our.contains(item);
    return now.contains(item) == expected;
  });
}

bool is_list(const FrontmatterIn& text, const std::string& key) {
  const auto* const field = text.frontmatter.find(key);
  return is_list_like(key, field != nullptr ? &field->value : nullptr);
}

}  // namespace

std::optional<std::string> refuse_fields(const FrontmatterIn& base, const FrontmatterIn& ours,
                                         const FrontmatterIn& theirs, const FrontmatterIn& merged) {
  if (merged.frontmatter.error) return "the merged frontmatter could not be read";
  std::set<std::string> keys;
  for (const FrontmatterIn* text : {&base, &ours, &theirs, &merged})
    for (const auto& field : text->frontmatter.fields) keys.insert(field.key);
  for (const std::string& key : keys) {
    const auto was = says(base, key);
    const auto our = says(ours, key);
    const auto their = says(theirs, key);
    const auto now = says(merged, key);
    const bool contested = our != was && their != was && our != their;
    // The status register is won as one, so that one side's part of it may give way to what the base has.
    if (role_of(key) == FieldRole::state && (now == our || now == their)) continue;
    if (!contested && now == (our == was ? their : our)) continue;
    const bool set = is_list(base, key) && is_list(ours, key) && is_list(theirs, key) && is_list(merged, key);
    if (contested && (set ? is_three_way_set(base, ours, theirs, merged, key) : now == our || now == their)) continue;
    return "the field " + key + " would not be what either side wrote";
  }
  if (!keeps_comments(base, ours, theirs, merged)) return "a comment in the frontmatter would be lost";
  return std::nullopt;
}

}  // namespace leanspec::merge
