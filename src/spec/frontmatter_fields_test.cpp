#include "spec/frontmatter_fields.h"

#include <gtest/gtest.h>

#include <string>

namespace leanspec::spec {
namespace {

Spec fields_of(const std::string& yaml) {
  Spec spec;
  read_fields(parse_frontmatter("---\n" + yaml + "---\n"), spec);
  return spec;
}

const std::string required = "status: planned\ncreated: 2025-11-14\n";

TEST(FrontmatterFields, every_field_of_leanspec_is_read) {
  const auto spec = fields_of(
      "status: complete\ncreated: '2025-11-14'\ntags:\n  - web\n  - v0.3.0\npriority: critical\n"
      "created_at: '2025-11-14T05:33:26.170Z'\nupdated_at: 2025-12-04T14:46:17.344+08:00\n"
      "transitions:\n  - status: in-progress\n    at: '2025-11-14T05:35:02.854Z'\n  - status: complete\n    at: "
      "2025-11-17T08:18:56.781Z\n"
      "completed_at: '2025-11-17T08:18:56.781Z'\ncompleted: '2025-11-17'\ndepends_on:\n- 035-live-specs-showcase\n"
      "parent: 168-leanspec\nassignee: Marvin Zhang\n");
  EXPECT_TRUE(spec.findings.empty());
  EXPECT_TRUE(spec.frontmatter_ok);
  EXPECT_EQ(spec.status, SpecStatus::complete);
  EXPECT_EQ(spec.priority, Priority::critical);
  EXPECT_EQ(spec.tags, (std::vector<std::string>{"web", "v0.3.0"}));
  EXPECT_EQ(spec.depends_on, std::vector<std::string>{"035-live-specs-showcase"});
  EXPECT_EQ(spec.parent, "168-leanspec");
  EXPECT_EQ(spec.assignee, "Marvin Zhang");
  EXPECT_EQ(spec.created, "2025-11-14");
  EXPECT_EQ(spec.created_at, "2025-11-14T05:33:26.170Z");
  EXPECT_EQ(spec.updated_at, "2025-12-04T06:46:17.344Z");
  EXPECT_EQ(spec.completed_at, "2025-11-17T08:18:56.781Z");
  EXPECT_EQ(spec.transitions, (std::vector<Transition>{{SpecStatus::in_progress, "2025-11-14T05:35:02.854Z"},
                                                       {SpecStatus::complete, "2025-11-17T08:18:56.781Z"}}));
}

TEST(FrontmatterFields, dates_stand_in_for_times_that_are_absent) {
  const auto spec = fields_of("status: complete\ncreated: 2025-11-14\nupdated: '2025-11-16'\ncompleted: 2025-11-15\n");
  EXPECT_EQ(spec.created_at, "2025-11-14T00:00:00Z");
  EXPECT_EQ(spec.updated_at, "2025-11-16T00:00:00Z");
  EXPECT_EQ(spec.completed_at, "2025-11-15T00:00:00Z");
}

TEST(FrontmatterFields, created_may_be_a_time) {
  const auto spec = fields_of("status: planned\ncreated: '2025-11-14T05:33:26.170+01:00'\n");
  EXPECT_EQ(spec.created, "2025-11-14T05:33:26.170+01:00");
  EXPECT_EQ(spec.created_at, "2025-11-14T04:33:26.170Z");
}

TEST(FrontmatterFields, the_four_spellings_of_a_list_are_one) {
  const std::vector<std::string> expected{"web", "two words"};
  for (const auto* const tags :
       {"tags:\n  - web\n  - 'two words'\n", "tags: [web, two words]\n", "tags: web, two words\n",
        "tags: '[\"web\", \"two words\"]'\n", "tags: \"['web', 'two words']\"\n"}) {
    const auto spec = fields_of(required + tags);
    EXPECT_EQ(spec.tags, expected) << tags;
    EXPECT_TRUE(spec.findings.empty()) << tags;
  }
  EXPECT_TRUE(fields_of(required + "tags:\n").tags.empty());
  EXPECT_TRUE(fields_of(required + "tags: ''\n").tags.empty());
  EXPECT_TRUE(fields_of(required + "tags: []\n").tags.empty());
  EXPECT_EQ(fields_of(required + "tags: '[\"open'\n").tags.size(), 1U);
}

TEST(FrontmatterFields, the_spellings_of_keys_are_one) {
  const auto spec = fields_of(
      required +
      "dependsOn: [001-a]\ncreatedAt: 2025-01-02T03:04:05Z\nUpdated-At: 2025-01-03\ncompletedAt: 2025-01-04\n");
  EXPECT_EQ(spec.depends_on, std::vector<std::string>{"001-a"});
  EXPECT_EQ(spec.created_at, "2025-01-02T03:04:05Z");
  EXPECT_EQ(spec.updated_at, "2025-01-03T00:00:00Z");
  EXPECT_EQ(spec.completed_at, "2025-01-04T00:00:00Z");
  EXPECT_TRUE(spec.other_fields.empty());
}

TEST(FrontmatterFields, a_stray_text_in_transitions_is_a_warning_and_the_rest_counts) {
  const auto spec = fields_of(
      required +
      "transitions:\n  - status: planned\n    at: '2025-11-14'\n  - 035-live-specs\n  - status: odd\n    at: x\n");
  ASSERT_EQ(spec.transitions.size(), 1U);
  ASSERT_EQ(spec.findings.size(), 2U);
  EXPECT_EQ(spec.findings[0].severity, Severity::warning);
  EXPECT_EQ(spec.findings[0].line, 7U);
  EXPECT_NE(spec.findings[0].message.find("035-live-specs"), std::string::npos);
  EXPECT_EQ(spec.findings[1].line, 8U);
}

TEST(FrontmatterFields, what_does_not_fit_is_found_with_its_line_and_the_rest_is_read) {
  struct Row {
    std::string yaml;
    Severity severity;
    std::uint32_t line;
    std::string message;
  };
  for (const auto& [yaml, severity, line, message] : {
           Row{"created: 2025-01-01\nstatus: superseded\n", Severity::error, 3, "Invalid status: 'superseded'"},
           Row{"created: 2025-01-01\n", Severity::error, 1, "Missing required field: status"},
           Row{"status: planned\n", Severity::error, 1, "Missing required field: created"},
           Row{required + "priority: p1\n", Severity::error, 4, "Invalid priority: 'p1'"},
           Row{required + "priority: [high]\n", Severity::warning, 4, "priority must be one value"},
           Row{required + "tags:\n  - a\n  - ''\n", Severity::warning, 4, "Empty tag found in tags array"},
           Row{required + "tags:\n  a: b\n", Severity::warning, 4, "tags must be a list"},
           Row{required + "tags:\n  - [a]\n", Severity::warning, 5, "tags has an item that is not a text"},
           Row{required + "depends_on: ['']\n", Severity::error, 4, "Empty dependency reference in depends_on"},
           Row{required + "updated_at: soon\n", Severity::warning, 4, "updated_at is not a date or time: 'soon'"},
           Row{required + "transitions: complete\n", Severity::warning, 4, "transitions must be a list"},
       }) {
    const auto spec = fields_of(yaml);
    ASSERT_EQ(spec.findings.size(), 1U) << yaml;
    EXPECT_EQ(spec.findings[0].severity, severity) << yaml;
    EXPECT_EQ(spec.findings[0].line, line) << yaml;
    EXPECT_EQ(spec.findings[0].message, message) << yaml;
    EXPECT_EQ(spec.findings[0].kind, "frontmatter");
    EXPECT_TRUE(spec.frontmatter_ok);
  }
}

TEST(FrontmatterFields, unknown_fields_are_kept_as_written) {
  const auto spec =
      fields_of(required + "sprint: 42\nrelated:\n  - 001-a\n  - 002-b\nbreaking: true\nmilestone:\ndeep: {a: b}\n");
  const std::vector<std::pair<std::string, std::string>> expected{
      {"sprint", "42"}, {"related", "001-a, 002-b"}, {"breaking", "true"}, {"milestone", ""}};
  EXPECT_EQ(spec.other_fields, expected);
}

TEST(FrontmatterFields, an_unreadable_frontmatter_leaves_defaults_and_its_reason) {
  const auto spec = fields_of("status: planned\nstatus: complete\n");
  EXPECT_FALSE(spec.frontmatter_ok);
  EXPECT_FALSE(spec.status.has_value());
  EXPECT_EQ(spec.shown_status(), SpecStatus::planned);
  ASSERT_EQ(spec.findings.size(), 1U);
  EXPECT_EQ(spec.findings[0].line, 3U);
}

}  // namespace
}  // namespace leanspec::spec
