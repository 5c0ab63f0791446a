#include "spec/unicode.h"

#include <gtest/gtest.h>

#include <string>

namespace leanspec::spec {
namespace {

TEST(Unicode, bytes_that_are_no_character_are_one_byte_each) {
  for (const std::string_view bad :
       {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4\xB8", "\xFF"}) {
    EXPECT_EQ(character_at(bad, 0).value, replacement_character);
    EXPECT_EQ(character_at(bad, 0).length, 1u);
  }
}

TEST(Unicode, folding_levels_case_and_width) {
  EXPECT_EQ(fold_character('Q'), U'q');
  EXPECT_EQ(fold_character(U'Ä'), U'ä');
  EXPECT_EQ(fold_character(U'Σ'), U'σ');
  EXPECT_EQ(fold_character(U'ς'), U'σ');
  EXPECT_EQ(fold_character(U'Ｑ'), U'q');
  EXPECT_EQ(fold_character(U'１'), U'1');
  EXPECT_EQ(fold_character(U'Ж'), U'ж');
  EXPECT_EQ(fold_character(U'中'), U'中');
}

TEST(Unicode, folding_twice_is_folding_once) {
  for (char32_t value = 0; value <= 0x1FFFF; ++value) {
    ASSERT_EQ(fold_character(fold_character(value)), fold_character(value)) << static_cast<unsigned>(value);
  }
}

}  // namespace
}  // namespace leanspec::spec
