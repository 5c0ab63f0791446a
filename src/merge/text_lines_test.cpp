#include "merge/text_lines.h"

#include <gtest/gtest.h>

namespace leanspec::merge {
namespace {

TEST(TextLines, line_ends_and_mark_are_taken_off_and_can_be_put_back) {
  const auto normal = normalise(
      "\xEF\xBB\xBF"
      "a\r\nb\r\nc\nd");
  EXPECT_EQ(normal.text, "a\nb\nc\nd");
  EXPECT_TRUE(normal.byte_order_mark);
  EXPECT_EQ(normal.line_end, LineEnd::crlf);
  EXPECT_EQ(normalise("a\r\nb\n").line_end, LineEnd::lf);
  EXPECT_EQ(normalise("a").line_end, std::nullopt);
  EXPECT_EQ(normalise("a\rb\n").text, "a\rb\n");
  EXPECT_EQ(restore("a\nb", true, LineEnd::crlf),
            "\xEF\xBB\xBF"
            "a\r\nb");
}

TEST(TextLines, splitting_and_joining_give_the_same_text) {
  for (const char* text : {"", "a", "a\n", "\n", "\n\n", "a\n\nb", "a\nb\n"}) {
    const auto split = split_lines(text);
    EXPECT_EQ(join_lines(split.lines, split.final_newline), text);
  }
  EXPECT_EQ(split_lines("a\n").lines.size(), 1U);
  EXPECT_TRUE(split_lines("a\n").final_newline);
  EXPECT_FALSE(split_lines("").final_newline);
}

}  // namespace
}  // namespace leanspec::merge
