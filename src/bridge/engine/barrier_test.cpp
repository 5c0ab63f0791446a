#include "bridge/engine/barrier.h"

#include <gtest/gtest.h>

namespace leanspec::bridge::engine {
namespace {

TEST(barrier, is_reached_when_the_look_has_ended_and_the_hub_has_answered) {
  Barrier barrier;
  const auto ticket = barrier.ask(3);
  barrier.sent(7);
  EXPECT_FALSE(barrier.quiet(3));
  barrier.heard(7);
  EXPECT_FALSE(barrier.quiet(2)) << "the look was asked for before";
  EXPECT_FALSE(barrier.is_reached(ticket));
  EXPECT_TRUE(barrier.quiet(3));
  EXPECT_TRUE(barrier.is_reached(ticket));
}

TEST(barrier, an_answer_to_an_earlier_question_says_nothing_about_a_later_one) {
  Barrier barrier;
  const auto first = barrier.ask(1);
  barrier.sent(7);
  const auto second = barrier.ask(1);
  barrier.sent(8);
  barrier.heard(7);
  EXPECT_TRUE(barrier.quiet(1));
  EXPECT_TRUE(barrier.is_reached(first));
  EXPECT_FALSE(barrier.is_reached(second));
}

TEST(barrier, after_a_cut_the_hub_is_asked_anew_unless_it_has_answered) {
  Barrier barrier;
  barrier.ask(1);
  barrier.sent(1);
  barrier.heard(1);
  barrier.disconnected();
  EXPECT_FALSE(barrier.waits_for_hub());
  barrier.ask(1);
  barrier.sent(2);
  barrier.disconnected();
  EXPECT_TRUE(barrier.waits_for_hub());
  barrier.heard(2);
  EXPECT_TRUE(barrier.quiet(1)) << "the first";
  EXPECT_FALSE(barrier.quiet(1)) << "a pong of the old connection counts for nothing";
}

TEST(barrier, who_asks_too_often_is_answered_with_the_last_question) {
  Barrier barrier;
  const auto first = barrier.ask(1);
  Barrier::Ticket last = first;
  for (std::size_t i = 0; i < Barrier::questions_max; ++i) last = barrier.ask(1);
  barrier.sent(1);
  barrier.heard(1);
  EXPECT_TRUE(barrier.quiet(1));
  EXPECT_TRUE(barrier.is_reached(first));
  EXPECT_TRUE(barrier.is_reached(last));
}

}  // namespace
}  // namespace leanspec::bridge::engine
