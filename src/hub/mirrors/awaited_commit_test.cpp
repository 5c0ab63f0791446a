#include "hub/mirrors/awaited_commit.h"

#include <gtest/gtest.h>

namespace leanspec::hub::mirrors {
namespace {

using namespace std::chrono_literals;

TEST(AwaitedCommit, it_is_looked_again_with_longer_and_longer_waits_until_it_is_there) {
  AwaitedCommit awaited;
  EXPECT_FALSE(awaited.after_look("a"));
  awaited.announce("b");
  EXPECT_EQ(awaited.after_look("a"), 1s);
  EXPECT_EQ(awaited.after_look("a"), 2s);
  EXPECT_EQ(awaited.after_look("a"), 4s);
  EXPECT_TRUE(awaited.waits());
  EXPECT_FALSE(awaited.after_look("b"));
  EXPECT_FALSE(awaited.waits());
}

TEST(AwaitedCommit, what_never_comes_is_given_up_after_two_minutes) {
  AwaitedCommit awaited;
  awaited.announce("b");
  std::chrono::milliseconds waited{0};
  for (unsigned look = 0; look < AwaitedCommit::looks_max; ++look) waited += *awaited.after_look("a");
  EXPECT_EQ(waited, 127s);
  EXPECT_FALSE(awaited.after_look("a"));
  EXPECT_FALSE(awaited.waits());
}

TEST(AwaitedCommit, a_newer_word_takes_the_place_of_an_older_one_and_a_repeated_one_changes_nothing) {
  AwaitedCommit awaited;
  awaited.announce("b");
  EXPECT_EQ(awaited.after_look("a"), 1s);
  awaited.announce("b");
  EXPECT_EQ(awaited.after_look("a"), 2s);
  awaited.announce("c");
  EXPECT_EQ(awaited.after_look("b"), 1s);
  EXPECT_FALSE(awaited.after_look("c"));
}

}  // namespace
}  // namespace leanspec::hub::mirrors
