#include "merge/merge_frontmatter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "merge/field_values.h"
#include "merge/merge_documents.h"
#include "merge/merge_fields.h"

namespace leanspec::merge {
namespace {

std::string with(const std::string& yaml) {
  return "---\n" + yaml + "---\n# T\n";
}

Outcome outcome_of(const std::string& base, const std::string& ours, const std::string& theirs, Side later) {
  auto outcome = merge_documents(with(base), with(ours), with(theirs), later);
  const auto exchanged = merge_documents(with(base), with(theirs), with(ours), other(later));
  EXPECT_EQ(exchanged.text, outcome.text);
  return outcome;
}

/// `theirs` is the later side.
std::string merged(const std::string& base, const std::string& ours, const std::string& theirs) {
  const auto outcome = outcome_of(base, ours, theirs, Side::theirs);
  if (!outcome.clean()) return "conflict: " + outcome.conflicts[0].why;
  return outcome.text.substr(4, outcome.text.find("---\n# T\n") - 4);
}

TEST(MergeFrontmatter, one_sided_changes_are_taken_in_their_own_bytes) {
  EXPECT_EQ(merged("a: 1\nb: 2\nc: 3\n", "a: '1x'\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: \"3x\"  # why\n"),
            "a: '1x'\nb: 2\nc: \"3x\"  # why\n");
  EXPECT_EQ(merged("a: 1\nb: 2\n", "a: 1\n", "a: 1\nb: 2\nc: 3\n"), "a: 1\nc: 3\n");
  EXPECT_EQ(merged("a: 1\nb: 2\n", "b: 2\na: 1\n", "a: 9\nb: 2\n"), "b: 2\na: 9\n");
  EXPECT_EQ(
      merged("# top\na: 1\n\n# mid\nb: 2\n", "# top\na: 2\n\n# mid\nb: 2\n", "# top\na: 1\n\n# middle\nb: 2\n# end\n"),
      "# top\na: 2\n\n# middle\nb: 2\n# end\n");
}

TEST(MergeFrontmatter, of_two_scalars_the_later_wins_and_the_loser_is_reported) {
  const auto outcome = outcome_of("priority: low\n", "priority: 'high'\n", "priority: critical\n", Side::theirs);
  EXPECT_EQ(outcome.text, with("priority: critical\n"));
  ASSERT_EQ(outcome.merged.size(), 1U);
  EXPECT_EQ(outcome.merged[0].field, "priority");
  EXPECT_EQ(outcome.merged[0].lost, "'high'");
  EXPECT_EQ(outcome.merged[0].lost_by, Side::ours);
  EXPECT_EQ(outcome_of("priority: low\n", "priority: 'high'\n", "priority: critical\n", Side::ours).text,
            with("priority: 'high'\n"));
  EXPECT_EQ(merged("a: 1\nk: x\n", "a: 1\n", "a: 1\nk: y\n"), "a: 1\nk: y\n");
  EXPECT_EQ(merged("a: 1\nk: x\n", "a: 1\nk: y\n", "a: 1\n"), "a: 1\n");
}

TEST(MergeFrontmatter, another_spelling_is_no_change_of_a_value) {
  EXPECT_EQ(merged("status: in-progress\n", "status: complete\n", "status: in_progress\n"), "status: complete\n");
  EXPECT_EQ(merged("due: 2025-11-01\n", "due: 2025-11-05\n", "due: '2025-11-01T00:00:00.000Z'\n"), "due: 2025-11-05\n");
  EXPECT_TRUE(outcome_of("a: x\n", "a: 'x'\n", "a: \"x\"\n", Side::theirs).merged.empty());
}

TEST(MergeFrontmatter, lists_are_three_way_sets_in_the_way_they_are_written) {
  EXPECT_EQ(merged("tags: [a, b]\n", "tags: [a, b, c]\n", "tags: [b, d]\n"), "tags: [b, c, d]\n");
  EXPECT_EQ(merged("tags:\n  - a\n  - b\n", "tags:\n  - a\n  - b\n  - 'c' # new\n", "tags:\n  - b\n"),
            "tags:\n  - b\n  - 'c' # new\n");
  EXPECT_EQ(merged("tags: [a]\n", "tags:\n  - a\n  - b\n", "tags: [a, c]\n"), "tags: [a, b, c]\n");
  EXPECT_EQ(merged("x: 1\n", "x: 1\ndepends_on:\n- a\n", "x: 1\ndepends_on:\n  - b\n"),
            "x: 1\ndepends_on:\n  - a\n  - b\n");
  EXPECT_EQ(merged("x: 1\ntags:\n  - a\n", "x: 1\n", "x: 1\ntags:\n  - a\n  - b\n"), "x: 1\ntags:\n  - b\n");
  EXPECT_EQ(merged("x: 1\ntags: [a]\n", "x: 1\ntags: []\n", "x: 1\n"), "x: 1\n");
  EXPECT_EQ(merged("other: [a]\n", "other: [a, b]\n", "other: [c, a]\n"), "other: [c, a, b]\n");
  EXPECT_EQ(merged("tags: a, b\n", "tags: a, b, c\n", "tags: [b]\n"), "tags: [b, c]\n");
}

TEST(MergeFrontmatter, status_completion_and_last_transition_are_won_together) {
  const std::string base = "status: in-progress\ntransitions:\n  - status: in-progress\n    at: 2025-11-01T00:00:00Z\n";
  const std::string ours =
      "status: complete\ntransitions:\n  - status: in-progress\n    at: 2025-11-01T00:00:00Z\n  - status: complete\n   "
      " at: "
      "2025-11-05T00:00:00Z\ncompleted: '2025-11-05'\ncompleted_at: 2025-11-05T00:00:00Z\n";
  const std::string theirs =
      "status: archived\ntransitions:\n  - status: in-progress\n    at: '2025-11-01T00:00:00.000Z'\n  - status: "
      "archived\n    at: "
      "2025-11-04T00:00:00Z\n";
  EXPECT_EQ(merged(base, ours, theirs),
            "status: archived\ntransitions:\n  - status: in-progress\n    at: '2025-11-01T00:00:00.000Z'\n  - status: "
            "complete\n    at: "
            "2025-11-05T00:00:00Z\n  - status: archived\n    at: 2025-11-04T00:00:00Z\n");
  const auto ours_later = outcome_of(base, ours, theirs, Side::ours).text;
  EXPECT_NE(ours_later.find("status: complete\ntransitions"), std::string::npos);
  EXPECT_NE(ours_later.find("completed: '2025-11-05'"), std::string::npos);
  EXPECT_LT(ours_later.find("status: archived"), ours_later.find("status: complete\n    at"));
  // Only one side changed the register: nothing is contested, whoever is later.
  EXPECT_EQ(merged(base, ours, base + "priority: low\n"), ours + "priority: low\n");
}

TEST(MergeFrontmatter, derived_times_never_conflict_and_are_not_reported) {
  const auto outcome =
      outcome_of("updated_at: 1\nx: 1\n", "updated_at: 2\nx: 2\n", "updated_at: 3\nx: 1\n", Side::theirs);
  EXPECT_EQ(outcome.text, with("updated_at: 3\nx: 2\n"));
  EXPECT_TRUE(outcome.merged.empty());
}

TEST(MergeFrontmatter, both_may_add_one_where_there_was_none) {
  const auto outcome = merge_documents("# T\n", with("status: planned\ntags: [a]\n"),
                                       with("status: draft\npriority: low\n"), Side::theirs);
  EXPECT_EQ(outcome.text, with("status: draft\ntags: [a]\npriority: low\n"));
}

TEST(MergeFrontmatter, comments_that_both_changed_are_a_conflict) {
  const auto outcome = outcome_of("# c\na: 1\n", "# d\na: 1\n", "# e\na: 1\n", Side::theirs);
  ASSERT_EQ(outcome.conflicts.size(), 1U);
  EXPECT_EQ(outcome.conflicts[0].kind, ConflictKind::frontmatter);
  EXPECT_EQ(decide(outcome, {{Choice::Take::ours, ""}}), with("# d\na: 1\n"));
}

TEST(MergeFrontmatter, one_that_cannot_be_read_is_text) {
  const std::string broken = "completed: '2025-11-17'\n  - stray\n";
  EXPECT_EQ(merged("a: 1\nupdated_at: 1\n\n" + broken, "a: 2\nupdated_at: 2\n\n" + broken,
                   "a: 1\nupdated_at: 3\n\ncompleted: '2025-11-17'\n"),
            "a: 2\nupdated_at: 3\n\ncompleted: '2025-11-17'\n");
  const auto outcome = outcome_of("a: 1\n" + broken, "a: 2\n" + broken, "a: 3\n" + broken, Side::theirs);
  ASSERT_FALSE(outcome.clean());
  EXPECT_EQ(outcome.conflicts[0].kind, ConflictKind::text);
  EXPECT_EQ(outcome.conflicts[0].ours.lines, (LineRange{1, 2}));
  EXPECT_EQ(decide(outcome, {{Choice::Take::theirs, ""}}), with("a: 3\n" + broken));
}

TEST(FieldValues, equal_meaning_is_equal_text) {
  const auto value = [](const std::string& yaml) { return std::get<spec::YamlValue>(spec::parse_yaml(yaml)); };
  EXPECT_EQ(meaning("completedAt", value("2025-11-01T08:00:00+08:00")),
            meaning("completedAt", value("'2025-11-01T00:00:00.000Z'")));
  EXPECT_EQ(meaning("priority", value("med")), meaning("priority", value("medium")));
  EXPECT_NE(meaning("title", value("med")), meaning("title", value("medium")));
  EXPECT_EQ(meaning("x", value("{a: 1, b: 2}")), meaning("x", value("{b: 2, a: 1}")));
  EXPECT_NE(meaning("x", value("[a, b]")), meaning("x", value("[b, a]")));
  EXPECT_EQ(role_of("completedAt"), FieldRole::state);
  EXPECT_EQ(role_of("updated_at"), FieldRole::derived);
  EXPECT_EQ(role_of("dependsOn"), FieldRole::names);
}

FrontmatterIn read(const std::string& text) {
  return {text, spec::parse_frontmatter(text)};
}

TEST(FrontmatterGate, what_no_rule_gives_does_not_pass) {
  const auto base = with("a: 1\ntags: [x, y]\n# keep\n");
  const auto ours = with("a: 2\ntags: [x, y, z]\n# keep\n");
  const auto theirs = with("a: 1\ntags: [y]\n# keep\n");
  const auto verdict = [&](const std::string& yaml) {
    const auto merged = with(yaml);
    return refuse_fields(read(base), read(ours), read(theirs), read(merged)).value_or("");
  };
  EXPECT_EQ(verdict("a: 2\ntags: [y, z]\n# keep\n"), "");
  EXPECT_NE(verdict("a: 1\ntags: [y, z]\n# keep\n"), "");
  EXPECT_NE(verdict("a: 3\ntags: [y, z]\n# keep\n"), "");
  EXPECT_NE(verdict("tags: [y, z]\n# keep\n"), "");
  EXPECT_NE(verdict("a: 2\ntags: [x, y, z]\n# keep\n"), "");
  EXPECT_NE(verdict("a: 2\ntags: [y]\n# keep\n"), "");
  EXPECT_NE(verdict("a: 2\ntags: [y, z]\n"), "");
  EXPECT_NE(verdict("a: 2\ntags: [y, z]\n# keep\n# keep\n"), "");
  EXPECT_NE(verdict("a: 2\ntags: [y, z\n# keep\n"), "");
}

}  // namespace
}  // namespace leanspec::merge
