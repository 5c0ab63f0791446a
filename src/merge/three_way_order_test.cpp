#include "merge/three_way_order.h"

#include <gtest/gtest.h>

#include <string>

namespace leanspec::merge {
namespace {

std::string order(const std::string& base, const std::string& ours, const std::string& theirs, Side later) {
  const auto letters = [](const std::string& text) { return std::vector<char>(text.begin(), text.end()); };
  const auto merged = three_way_order(letters(base), letters(ours), letters(theirs), later);
  const auto exchanged = three_way_order(letters(base), letters(theirs), letters(ours), other(later));
  EXPECT_EQ(merged, exchanged);
  return {merged.begin(), merged.end()};
}

TEST(ThreeWayOrder, what_either_added_is_there_and_what_either_removed_is_not) {
  EXPECT_EQ(order("abc", "abxc", "aybc", Side::theirs), "aybxc");
  EXPECT_EQ(order("abc", "ac", "abcd", Side::theirs), "acd");
  EXPECT_EQ(order("abc", "", "abc", Side::theirs), "");
  EXPECT_EQ(order("", "ab", "bc", Side::theirs), "abc");
}

TEST(ThreeWayOrder, at_one_place_the_earlier_addition_comes_first) {
  EXPECT_EQ(order("a", "ax", "ay", Side::theirs), "axy");
  EXPECT_EQ(order("a", "ax", "ay", Side::ours), "ayx");
  EXPECT_EQ(order("ab", "bax", "aby", Side::theirs), "byax");
}

TEST(ThreeWayOrder, the_side_that_changed_the_order_decides_it) {
  EXPECT_EQ(order("abc", "cab", "abcd", Side::theirs), "cdab");
  EXPECT_EQ(order("abc", "cab", "bac", Side::theirs), "bac");
  EXPECT_EQ(order("abc", "cab", "bac", Side::ours), "cab");
}

}  // namespace
}  // namespace leanspec::merge
