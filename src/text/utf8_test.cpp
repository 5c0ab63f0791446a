#include "text/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace leanspec::text {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, well_formed_text_has_no_invalid_byte) {
  for (const auto text : {""sv, "plain"sv, "na\xC3\xAFve"sv, "\xE4\xB8\xAD\xE6\x96\x87"sv, "\xF0\x9F\x9A\x80"sv,
                          "12345678\xF4\x8F\xBF\xBF"sv, "\0"sv}) {
    EXPECT_EQ(first_invalid_utf8(text), std::nullopt) << text;
  }
}

TEST(Utf8, the_first_ill_formed_byte_is_named) {
  struct Row {
    std::string_view text;
    std::size_t at;
  };
  for (const auto& [text, at] : {Row{"\x80"sv, 0}, Row{"ab\xFF"sv, 2}, Row{"\xC0\xAF"sv, 0}, Row{"\xE0\x80\x80"sv, 0},
                                 Row{"\xED\xA0\x80"sv, 0}, Row{"\xF4\x90\x80\x80"sv, 0}, Row{"12345678\xE4\xB8"sv, 8},
                                 Row{"\xF0\x9F\x9A"sv, 0}, Row{"\xF5\x80\x80\x80"sv, 0}}) {
    EXPECT_EQ(first_invalid_utf8(text), at);
  }
}

TEST(Utf8, shown_text_is_always_well_formed_and_keeps_what_is_good) {
  EXPECT_EQ(to_shown_text("a\xFF"
                          "b\0c"sv),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c");
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte.push_back(static_cast<char>(byte));
  EXPECT_EQ(first_invalid_utf8(to_shown_text(every_byte)), std::nullopt);
}

TEST(Utf8, every_code_point_goes_there_and_back_and_a_surrogate_does_not) {
  for (char32_t point = 0; point <= 0x10FFFF; point += point < 0x11000 ? 1 : 97) {
    std::string text;
    append_code_point(text, point);
    std::size_t at = 0;
    const auto read = next_code_point(text, at);
    if (point >= 0xD800 && point <= 0xDFFF) {
      ASSERT_EQ(read, std::nullopt) << static_cast<unsigned>(point);
      ASSERT_EQ(at, 0U);
    } else {
      ASSERT_EQ(read, point);
      ASSERT_EQ(at, text.size());
    }
  }
}

TEST(Utf8, a_cut_never_splits_a_character) {
  EXPECT_EQ(character_boundary("a\xE4\xB8\xAD", 3), 1U);
  EXPECT_EQ(character_boundary("a\xE4\xB8\xAD", 4), 4U);
  EXPECT_EQ(character_boundary("ab", 9), 2U);
}

}  // namespace
}  // namespace leanspec::text
