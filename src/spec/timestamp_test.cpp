#include "spec/timestamp.h"

#include <gtest/gtest.h>

namespace leanspec::spec {
namespace {

TEST(Timestamp, every_spelling_found_in_specs_becomes_utc) {
  struct Row {
    const char* written;
    const char* expected;
  };
  for (const auto& [written, expected] : {
           Row{"2025-11-14", "2025-11-14T00:00:00Z"},
           Row{"2025-11-14T05:33:26.170Z", "2025-11-14T05:33:26.170Z"},
           Row{"2026-03-02T02:39:26.182409089Z", "2026-03-02T02:39:26.182409089Z"},
           Row{"2026-01-28T08:03:59.019975Z", "2026-01-28T08:03:59.019975Z"},
           Row{"2025-11-01T00:00:00Z", "2025-11-01T00:00:00Z"},
           Row{"2025-11-01T00:30:00+08:00", "2025-10-31T16:30:00Z"},
           Row{"2025-12-31T23:30:00.5-01:00", "2026-01-01T00:30:00.5Z"},
           Row{"2025-11-01 10:20:30", "2025-11-01T10:20:30Z"},
           Row{"2025-11-01 10:20:30 +0530", "2025-11-01T04:50:30Z"},
           Row{"2025-11-01T10:20Z", "2025-11-01T10:20:00Z"},
           Row{"2024-02-29", "2024-02-29T00:00:00Z"},
           Row{" 2025-11-14 ", "2025-11-14T00:00:00Z"},
       }) {
    EXPECT_EQ(to_utc_timestamp(written), expected) << written;
  }
}

TEST(Timestamp, fractions_are_shown_as_leanspec_shows_them) {
  EXPECT_EQ(with_shown_fraction("2026-03-20T08:46:00.000000Z"), "2026-03-20T08:46:00Z");
  EXPECT_EQ(with_shown_fraction("2026-03-20T08:46:00.5Z"), "2026-03-20T08:46:00.500Z");
  EXPECT_EQ(with_shown_fraction("2026-03-20T08:46:00.170Z"), "2026-03-20T08:46:00.170Z");
  EXPECT_EQ(with_shown_fraction("2026-03-20T08:46:00.1234Z"), "2026-03-20T08:46:00.123400Z");
  EXPECT_EQ(with_shown_fraction("2026-03-20T08:46:00.182409089Z"), "2026-03-20T08:46:00.182409089Z");
  EXPECT_EQ(with_shown_fraction("2026-03-20T08:46:00.1234567891Z"), "2026-03-20T08:46:00.123456789Z");
  EXPECT_EQ(with_shown_fraction("2026-03-20T08:46:00Z"), "2026-03-20T08:46:00Z");
}

TEST(Timestamp, what_is_no_time_is_nothing) {
  for (const auto* const text :
       {"", "soon", "2025-13-01", "2025-02-30", "2025-1-1", "2025-11-14T", "2025-11-14T25:00:00Z",
        "2025-11-14T10:00:00.Z", "2025-11-14T10:00:00+99:00", "2025-11-14T10:00:00Zx", "0000-01-01T00:00:00+08:00",
        "2025-11-14T10:00:00.1234567890123456789Z"}) {
    EXPECT_FALSE(to_utc_timestamp(text).has_value()) << text;
  }
}

TEST(Timestamp, a_date_is_ten_characters_of_an_existing_day) {
  EXPECT_TRUE(is_date("2025-11-14"));
  EXPECT_FALSE(is_date("2025-11-31"));
  EXPECT_FALSE(is_date("2025-11-14T00:00:00Z"));
  EXPECT_FALSE(is_date("14-11-2025"));
}

}  // namespace
}  // namespace leanspec::spec
