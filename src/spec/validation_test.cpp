#include "spec/validation.h"

#include <gtest/gtest.h>

#include <string>

#include "spec/project_sample.h"
#include "tests/fakes/corpus.h"

namespace leanspec::spec {
namespace {

using Messages = std::vector<std::string>;

/// "severity kind line message", the line left out where there is none.
Messages told(const std::vector<Finding>& findings) {
  Messages messages;
  for (const auto& finding : findings) {
    messages.push_back(std::string(to_string(finding.severity)) + " " + finding.kind + " " +
                       (finding.line ? std::to_string(*finding.line) + " " : "") + finding.message);
  }
  return messages;
}

Messages told_about(const std::string& readme) {
  const auto view = sample_view({{"001-a/README.md", readme}});
  return told(view->validate(*view->find("1")).findings);
}

TEST(Validation, every_rule_speaks_the_words_of_leanspec) {
  struct Row {
    std::string readme;
    Messages expected;
  };
  const std::string fine = "---\nstatus: draft\ncreated: 2025-11-14\n---\n";
  for (const auto& [readme, expected] : {
           Row{fine + "# T\n\n## A\n\ntext\n", {}},
           Row{"---\nstatus: in-progress\ncreated: 2025-11-14\npriority: low\n---\n# T\n",
               {"info frontmatter In-progress spec without assignee"}},
           Row{"---\nstatus: complete\ncreated: 2025-11-14\n---\n# T\n",
               {"info frontmatter Completed spec without completion date"}},
           Row{"---\nstatus: complete\ncreated: 2025-11-14\ncompleted: 2025-11-15\n---\n# T\n", {}},
           Row{"---\nstatus: planned\ncreated: 2025-11-14\n---\n# T\n",
               {"info frontmatter Planned spec without priority. Consider adding priority for planning."}},
           Row{"---\nstatus: draft\ncreated: '2025-11-14T00:00:00Z'\n---\n# T\n",
               {"error frontmatter Invalid created date format: '2025-11-14T00:00:00Z'. Expected YYYY-MM-DD"}},
           Row{"---\nstatus: draft\ncreated: 2025-11-31\n---\n# T\n",
               {"error frontmatter Invalid created date: '2025-11-31'. Expected YYYY-MM-DD"}},
           Row{"---\nstatus: draft\ncreated: 2025-11-14\ntags: [a b]\n---\n# T\n",
               {"warning frontmatter Tag 'a b' contains spaces. Consider using kebab-case."}},
           Row{"---\nstatus: draft\ncreated: 2025-11-14\ntags: ['', a]\n---\n# T\n",
               {"warning frontmatter 4 Empty tag found in tags array"}},
           Row{"---\nstatus: draft\ncreated: 2025-11-14\ndepends_on: [001-a]\n---\n# T\n",
               {"error frontmatter Spec cannot depend on itself"}},
           Row{"---\nstatus: draft\ncreated: 2025-11-14\nparent: 001-a\n---\n# T\n",
               {"error frontmatter Spec cannot be its own parent"}},
           Row{fine + "text\n", {"error structure Missing title (# heading)"}},
           Row{fine + "# T\n# U\n# V\n",
               {"warning structure 6 Multiple h1 headings found. Specs should have a single title."}},
           Row{fine + "# T\n## A\n\n## B\ntext\n## C\n",
               {"warning structure 6 Empty section: ## A", "warning structure 10 Empty section: ## C"}},
           Row{fine + "# T\n## A\n### B\n", {}},
           Row{fine + "# T\n```sh\n# comment\n## not a section\n```\n", {}},
           Row{fine + "# T\n## A\n````\n```\n# x\n````\n", {}},
           Row{fine + "# T\n~~~\n# x\n```\n## y\n", {}},
           Row{"no frontmatter\n",
               {"error frontmatter 1 There is no frontmatter", "error structure Missing title (# heading)"}},
       }) {
    EXPECT_EQ(told_about(readme), expected) << readme;
  }
}

TEST(Validation, length_is_told_above_each_bound) {
  EXPECT_FALSE(check_length(body_tokens_warned_above).has_value());
  EXPECT_EQ(check_length(3501)->message,
            "Spec has 3501 tokens, approaching maximum of 5000. Consider splitting if content grows.");
  EXPECT_EQ(check_length(5000)->severity, Severity::warning);
  EXPECT_EQ(check_length(5001)->severity, Severity::error);
  EXPECT_EQ(check_length(16191)->message,
            "Spec has 16191 tokens, exceeds maximum of 5000. Consider splitting into smaller specs.");
}

TEST(Validation, references_to_nothing_and_circles_are_warnings) {
  const auto view =
      sample_view({{"001-a/README.md", sample_readme("draft", "depends_on: [002-b, 49, 20251101/003-c, 404-x]\n")},
                   {"002-b/README.md", sample_readme("draft", "depends_on: [003-c]\nparent: 003-c\n")},
                   {"003-c/README.md", sample_readme("draft", "depends_on: [002-b, 001-a]\nparent: 002-b\n")},
                   {"049-d/README.md", sample_readme("draft", "parent: 404-y\n")},
                   {"050-e/README.md", sample_readme("draft", "depends_on: [001-a]\n")}});
  const auto findings = [&](std::string_view name) { return view->validate(*view->find(name)).findings; };
  const auto first = findings("1");
  EXPECT_EQ(told(first),
            (Messages{"warning relationship depends_on names a spec that does not exist: '49'",
                      "warning relationship depends_on names a spec that does not exist: '20251101/003-c'",
                      "warning relationship depends_on names a spec that does not exist: '404-x'",
                      "warning relationship Circular dependency: 001-a \u2192 002-b \u2192 003-c \u2192 001-a"}));
  EXPECT_EQ(first[0].suggestion, "Did you mean '049-d'?");
  EXPECT_EQ(first[1].suggestion, "Did you mean '003-c'?");
  EXPECT_FALSE(first[2].suggestion.has_value());
  EXPECT_EQ(told(findings("2")), (Messages{"warning relationship Circular dependency: 002-b \u2192 003-c \u2192 002-b",
                                           "warning relationship Circular parents: 002-b \u2192 003-c \u2192 002-b"}));
  EXPECT_EQ(told(findings("49")), Messages{"warning relationship parent names a spec that does not exist: '404-y'"});
  EXPECT_TRUE(findings("50").empty()) << "it leads to a circle and is not on it";
}

TEST(Validation, the_worst_finding_is_the_verdict) {
  const auto verdict = [](std::vector<Severity> severities) {
    std::vector<Finding> findings(severities.size());
    for (std::size_t i = 0; i < severities.size(); ++i) findings[i].severity = severities[i];
    return verdict_of(findings);
  };
  EXPECT_EQ(verdict({}), Verdict::pass);
  EXPECT_EQ(verdict({Severity::info}), Verdict::pass);
  EXPECT_EQ(verdict({Severity::warning, Severity::info}), Verdict::warn);
  EXPECT_EQ(verdict({Severity::error, Severity::warning}), Verdict::fail);
}

TEST(Validation, real_specs_have_the_findings_that_leanspec_tells) {
  const auto folder = tests::corpus_folder();
  if (!folder) GTEST_SKIP() << tests::corpus_absent;
  std::vector<std::pair<std::string, std::string>> files;
  for (auto& file : tests::corpus_files(*folder)) files.emplace_back(file.path, file.bytes);
  const auto view = sample_view(files);
  const auto findings = [&](std::string_view name) { return told(view->validate(*view->find(name)).findings); };
  EXPECT_EQ(
      findings("082-web-realtime-sync-architecture"),
      Messages{
          "warning length Spec has 4300 tokens, approaching maximum of 5000. Consider splitting if content grows."});
  EXPECT_EQ(
      findings("193-frontend-ui-parity"),
      (Messages{
          "info frontmatter Completed spec without completion date",
          "error length Spec has 16191 tokens, exceeds maximum of 5000. Consider splitting into smaller specs."}));
  EXPECT_EQ(findings("342-rust-god-modules-split"), Messages{});
  std::size_t missing = 0;
  for (const auto& entry : view->all()) {
    for (const auto& finding : check_relations(*view, *entry->spec))
      if (finding.message.find("does not exist") != std::string::npos) ++missing;
  }
  EXPECT_GT(missing, 0U);
  EXPECT_LT(missing, 40U);
}

}  // namespace
}  // namespace leanspec::spec
