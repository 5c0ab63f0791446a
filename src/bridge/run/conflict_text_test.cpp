#include "bridge/run/conflict_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leanspec::bridge::run {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view sample = R"({
  "conflict": "0192aaaa-0000-7000-8000-000000000001", "path": "082-web/README.md", "why": "changed in one place",
  "placeNames": ["line 7"], "occupant": null, "takes": ["head", "other", "both"],
  "head": {"effectiveAt": "2026-11-22T21:40:12.000Z", "deleted": false, "user": {"name": "ada"}, "machine": {"name": "tower"}},
  "other": {"effectiveAt": "2026-11-22T21:41:00.000Z", "deleted": false, "user": null, "machine": {"name": "lap\u001b[2Jtop"}},
  "base": {"effectiveAt": "2026-11-21T08:00:00.000Z", "deleted": false, "user": null, "machine": null},
  "places": [{"index": 0, "name": "line 7", "why": "",
    "base": {"text": "first line\n"}, "ours": {"text": "a new beginning\n"}, "theirs": {"text": ""}}]
})";

TEST(conflict_text, a_row_says_who_when_and_where) {
  const auto conflict = JsonValue::parse(sample);
  ASSERT_TRUE(conflict) << conflict.error().sentence();
  EXPECT_EQ(conflict_row_text(*conflict, "/home/ada/specs"),
            "/home/ada/specs/082-web/README.md\n"
            "  the hub has  2026-11-22 21:40 UTC, ada on tower\n"
            "  set aside    2026-11-22 21:41 UTC, lap[2Jtop\n"
            "  they differ in line 7\n"
            "  changed in one place\n");
}

TEST(conflict_text, a_whole_one_shows_each_place_on_three_sides_and_the_ways_out) {
  const auto conflict = JsonValue::parse(sample);
  ASSERT_TRUE(conflict);
  const std::string text = conflict_text(*conflict, "/specs", false);
  EXPECT_THAT(text, HasSubstr("both go on from  2026-11-21 08:00 UTC\n"));
  EXPECT_THAT(text, HasSubstr("  place 1: line 7\n"
                              "    before  first line\n"
                              "    head    a new beginning\n"
                              "    other   (nothing)\n"));
  EXPECT_THAT(text, HasSubstr("resolve /specs/082-web/README.md --take WAY, where WAY is one of head, other, both\n"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(conflict_text(*conflict, "/specs", true), HasSubstr("\033[31ma new beginning\033[0m"));
}

TEST(conflict_text, an_answer_that_lacks_everything_is_still_a_text) {
  const auto nothing = JsonValue::parse("{}");
  ASSERT_TRUE(nothing);
  EXPECT_THAT(conflict_text(*nothing, "/specs", false), HasSubstr("the hub has  nothing"));
}

}  // namespace
}  // namespace leanspec::bridge::run
