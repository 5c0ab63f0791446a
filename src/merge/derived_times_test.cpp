#include "merge/derived_times.h"

#include <gtest/gtest.h>

namespace leanspec::merge {
namespace {

constexpr std::string_view now = "2026-11-22T21:40:12.500Z";

struct Case {
  std::string written;
  std::string becomes;
};

TEST(derived_times, what_lies_after_now_becomes_now_and_nothing_else_changes) {
  for (const Case& one :
       {Case{"updated_at: 2027-01-01T00:00:00Z", "updated_at: 2026-11-22T21:40:12.500Z"},
        Case{"updated_at: \"2026-11-22T21:40:12.501Z\"  # tool", "updated_at: \"2026-11-22T21:40:12.500Z\"  # tool"},
        Case{"updated: 2026-11-23", "updated: 2026-11-22"}, Case{"updated: 2026-11-22", "updated: 2026-11-22"},
        Case{"updated_at: 2026-11-22T21:40:12.500Z", "updated_at: 2026-11-22T21:40:12.500Z"},
        Case{"updated_at: 2026-11-22T23:40:12+02:00", "updated_at: 2026-11-22T23:40:12+02:00"},
        Case{"updated_at: tomorrow", "updated_at: tomorrow"}, Case{"due: 2027-01-01", "due: 2027-01-01"},
        Case{"completed_at: 2027-01-01T00:00:00Z", "completed_at: 2027-01-01T00:00:00Z"}}) {
    const auto text = [](const std::string& line) {
      return "---\r\nstatus: planned\r\n" + line + "\r\n---\r\n# A\r\n";
    };
    EXPECT_EQ(clamp_derived_times(text(one.written), now), text(one.becomes)) << one.written;
  }
}

TEST(derived_times, a_text_without_frontmatter_stays) {
  EXPECT_EQ(clamp_derived_times("updated_at: 2027-01-01\n", now), "updated_at: 2027-01-01\n");
  EXPECT_EQ(clamp_derived_times("---\nupdated_at: [\n---\n", now), "---\nupdated_at: [\n---\n");
}

}  // namespace
}  // namespace leanspec::merge
