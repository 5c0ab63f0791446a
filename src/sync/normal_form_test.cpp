#include "sync/normal_form.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <utility>
#include <vector>

namespace leanspec::sync {
namespace {

TEST(normal_form, names_are_put_together_and_taken_apart) {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"plain.md", "plain.md"},
      {"caf\u00E9", "cafe\u0301"},
      {"\u1EBF", "e\u0302\u0301"},                 // two marks, one after the other
      {"\u1E69", "s\u0323\u0307"},                 // in their canonical order
      {"\u01D6/\u00C5", "u\u0308\u0304/A\u030A"},  // folders too
      {"\uD55C\uAE00", "\u1112\u1161\u11AB\u1100\u1173\u11AF"},
      {"\u0439\u0451", "\u0438\u0306\u0435\u0308"},
      {"\u65E5\u672C", "\u65E5\u672C"},
  };
  for (const auto& [whole, apart] : names) {
    EXPECT_EQ(composed(apart), whole);
    EXPECT_EQ(composed(whole), whole);
    EXPECT_EQ(taken_apart(whole), apart);
    EXPECT_EQ(taken_apart(apart), apart);
  }
}

TEST(normal_form, marks_in_another_order_make_the_same_name) {
  EXPECT_EQ(composed("s\u0307\u0323"), "\u1E69");
  EXPECT_EQ(composed("q\u0307\u0323"), "q\u0323\u0307");
}

TEST(normal_form, what_stands_between_keeps_a_mark_away) {
  EXPECT_EQ(composed("a\u0328b\u0301"), "\u0105b\u0301");
  EXPECT_EQ(composed("a\u0305\u0301"), "a\u0305\u0301") << "an equal mark came first";
}

TEST(normal_form, some_characters_are_never_put_together_again) {
  EXPECT_EQ(composed("\u212B"), "\u00C5");  // the sign of the unit
  EXPECT_EQ(composed("\u0958"), "\u0915\u093C");
}

TEST(normal_form, laws_hold_for_any_bytes) {
  EXPECT_TRUE(rc::check("normal form", [](const std::string& bytes) {
    RC_ASSERT(composed(composed(bytes)) == composed(bytes));
    RC_ASSERT(taken_apart(composed(bytes)) == taken_apart(bytes));
    RC_ASSERT(composed(taken_apart(bytes)) == composed(bytes));
  }));
}

TEST(normal_form, bytes_that_are_no_text_stay_as_they_are) {
  EXPECT_EQ(composed("e\xCC.md"), "e\xCC.md");
  EXPECT_EQ(taken_apart("\xFF\u00E9"),
            "\xFF"
            "e\u0301");
}

}  // namespace
}  // namespace leanspec::sync
