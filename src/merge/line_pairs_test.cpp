#include "merge/line_pairs.h"

#include <gtest/gtest.h>

#include <string>

namespace leanspec::merge {
namespace {

using Texts = std::vector<std::string_view>;
using Pairs = std::vector<LinePair>;

Pairs pairs(const Texts& base, const Texts& side) {
  DiffBudget budget;
  return pair_lines(base, side, budget);
}

TEST(LinePairs, lines_that_share_half_of_their_words_are_the_same_line) {
  EXPECT_EQ(pairs({"one two three four", "x y z"}, {"new line here now", "one two three FOUR", "x y q"}),
            (Pairs{{0, 1}, {1, 2}}));
  EXPECT_EQ(pairs({"- [ ] write it", "- [ ] test it"}, {"- [x] write it", "- [ ] test it", "- [ ] more"}),
            (Pairs{{0, 0}, {1, 1}}));
}

TEST(LinePairs, one_line_that_became_one_line_is_it_whatever_it_says) {
  EXPECT_EQ(pairs({"a"}, {"b"}), (Pairs{{0, 0}}));
  EXPECT_EQ(pairs({"one two three", "a", "four five six"}, {"one two 3", "b", "four five 6"}),
            (Pairs{{0, 0}, {1, 1}, {2, 2}}));
}

TEST(LinePairs, what_shares_no_words_is_no_pair) {
  EXPECT_EQ(pairs({"a b", "c d"}, {"e f", "g h"}), Pairs{});
  EXPECT_EQ(pairs({"", ""}, {"", "", ""}), Pairs{});
}

TEST(LinePairs, a_stretch_above_the_bound_is_taken_as_rewritten) {
  const Texts within(64, "one two three");
  EXPECT_EQ(pairs(within, within).size(), within.size());
  const Texts above(65, "one two three");
  EXPECT_EQ(pairs(above, within), Pairs{});
}

}  // namespace
}  // namespace leanspec::merge
