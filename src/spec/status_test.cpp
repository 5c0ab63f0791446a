#include <gtest/gtest.h>

#include "spec/project_view.h"
#include "spec/spec.h"

namespace leanspec::spec {
namespace {

TEST(SpecStatusText, every_status_reads_back_as_itself) {
  for (const auto status :
       {SpecStatus::draft, SpecStatus::planned, SpecStatus::in_progress, SpecStatus::complete, SpecStatus::archived}) {
    EXPECT_EQ(parse_status(to_string(status)), status);
  }
}

TEST(SpecStatusText, every_priority_reads_back_as_itself) {
  for (const auto priority : {Priority::low, Priority::medium, Priority::high, Priority::critical}) {
    EXPECT_EQ(parse_priority(to_string(priority)), priority);
  }
}

TEST(SpecStatusText, the_aliases_of_leanspec_are_accepted_in_any_case) {
  EXPECT_EQ(parse_status("in_progress"), SpecStatus::in_progress);
  EXPECT_EQ(parse_status("InProgress"), SpecStatus::in_progress);
  EXPECT_EQ(parse_status("COMPLETED"), SpecStatus::complete);
  EXPECT_EQ(parse_status(" planned "), SpecStatus::planned);
  EXPECT_EQ(parse_priority("Med"), Priority::medium);
  EXPECT_EQ(parse_priority("URGENT"), Priority::critical);
}

TEST(SpecStatusText, unknown_words_are_nothing) {
  for (const auto* const text : {"", "superseded", "complet", "in progress", "planned?"}) {
    EXPECT_FALSE(parse_status(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_priority("").has_value());
  EXPECT_FALSE(parse_priority("p1").has_value());
}

TEST(SpecStatusText, severities_and_verdicts_have_the_words_of_the_api) {
  EXPECT_EQ(to_string(Severity::info), "info");
  EXPECT_EQ(to_string(Severity::warning), "warning");
  EXPECT_EQ(to_string(Severity::error), "error");
  EXPECT_EQ(to_string(Verdict::pass), "pass");
  EXPECT_EQ(to_string(Verdict::warn), "warn");
  EXPECT_EQ(to_string(Verdict::fail), "fail");
}

}  // namespace
}  // namespace leanspec::spec
