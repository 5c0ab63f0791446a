#include "merge/diff.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace leanspec::merge {
namespace {

using Elements = std::vector<std::uint32_t>;

Elements letters(std::string_view text) {
  return {text.begin(), text.end()};
}

Hunks diff_of(std::string_view base, std::string_view side) {
  DiffBudget budget;
  return diff(letters(base), letters(side), budget).value();
}

/// Puts the side's elements of each hunk into the base.
Elements applied(const Hunks& hunks, const Elements& base, const Elements& side) {
  Elements result;
  std::size_t next = 0;
  for (const Hunk& hunk : hunks) {
    while (next < hunk.base_begin) result.push_back(base[next++]);
    for (auto i = hunk.side_begin; i < hunk.side_end; ++i) result.push_back(side[i]);
    next = hunk.base_end;
  }
  while (next < base.size()) result.push_back(base[next++]);
  return result;
}

TEST(Diff, finds_what_was_put_in_taken_out_and_replaced) {
  EXPECT_EQ(diff_of("", ""), Hunks{});
  EXPECT_EQ(diff_of("abc", "abc"), Hunks{});
  EXPECT_EQ(diff_of("", "ab"), (Hunks{{0, 0, 0, 2}}));
  EXPECT_EQ(diff_of("ab", ""), (Hunks{{0, 2, 0, 0}}));
  EXPECT_EQ(diff_of("abc", "axc"), (Hunks{{1, 2, 1, 2}}));
  EXPECT_EQ(diff_of("abcd", "acxd"), (Hunks{{1, 2, 1, 1}, {3, 3, 2, 3}}));
}

TEST(Diff, unique_elements_are_anchors_between_repeated_ones) {
  // Blank-like elements around a block that moved apart: the block itself is matched.
  EXPECT_EQ(diff_of("--AB--", "----AB--").size(), 1U);
  EXPECT_EQ(diff_of("aXbYc", "aYbXc").size(), 2U);
}

TEST(Diff, hunks_slide_over_equal_elements_and_stop_before_each_other) {
  const auto base = letters("xabby");
  const auto side = letters("xabbby");
  Hunks hunks = diff_of("xabby", "xabbby");
  slide(hunks, base, side, Slide::up);
  EXPECT_EQ(hunks, (Hunks{{2, 2, 2, 3}}));
  slide(hunks, base, side, Slide::down);
  EXPECT_EQ(hunks, (Hunks{{4, 4, 4, 5}}));
}

TEST(Diff, a_bound_that_is_hit_gives_nothing) {
  Elements base;
  Elements side;
  for (std::uint32_t i = 0; i < 20000; ++i) {
    base.push_back(i % 3 == 0 ? 1 : 2);
    side.push_back(i % 5 == 0 ? 1 : 2);
  }
  DiffBudget budget;
  EXPECT_FALSE(diff(base, side, budget).has_value());
  DiffBudget spent{3};
  EXPECT_FALSE(diff(letters("abab"), letters("baba"), spent).has_value());
  EXPECT_EQ(spent.steps_left, 0U);
}

TEST(Diff, a_large_text_that_was_wholly_rewritten_is_cheap) {
  Elements base;
  Elements side;
  for (std::uint32_t i = 0; i < 50000; ++i) {
    base.push_back(i);
    side.push_back(i + 100000);
  }
  DiffBudget budget;
  const auto hunks = diff(base, side, budget);
  ASSERT_TRUE(hunks.has_value());
  EXPECT_EQ(*hunks, (Hunks{{0, 50000, 0, 50000}}));
  EXPECT_GT(budget.steps_left, DiffBudget::steps_max / 2);
}

Elements small(const std::vector<std::uint8_t>& raw, std::uint32_t kinds) {
  Elements elements;
  for (const auto byte : raw) elements.push_back(byte % kinds);
  return elements;
}

RC_GTEST_PROP(Diff, hunks_turn_the_base_into_the_side_wherever_they_stand,
              (std::vector<std::uint8_t> a, std::vector<std::uint8_t> b, bool few)) {
  const auto base = small(a, few ? 2 : 7);
  const auto side = small(b, few ? 2 : 7);
  DiffBudget budget;
  auto hunks = diff(base, side, budget).value();
  RC_ASSERT(applied(hunks, base, side) == side);
  for (const auto direction : {Slide::down, Slide::up, Slide::down}) {
    slide(hunks, base, side, direction);
    RC_ASSERT(applied(hunks, base, side) == side);
    for (std::size_t i = 1; i < hunks.size(); ++i) RC_ASSERT(hunks[i - 1].base_end < hunks[i].base_begin);
  }
}

}  // namespace
}  // namespace leanspec::merge
