#include "hub/api/answer_cache.h"

#include <gtest/gtest.h>

namespace leanspec::hub::api {
namespace {

using Price = AnswerCache::Price;

AnswerCache::State state(std::uint64_t seq, std::int64_t branch = 1, std::uint8_t epoch = 1) {
  return {BranchId(branch), Epoch(Uuid{{epoch}}), Seq(seq)};
}

/// Asked once: looked for, made, offered.
bool ask(AnswerCache& cache, const AnswerCache::State& at, const std::string& question, Price price,
         std::size_t bytes = 500) {
  if (cache.find(at, question)) return true;
  cache.put(at, question, net::text_response(200, std::string(bytes, 'x')), price);
  return false;
}

TEST(AnswerCache, forgets_what_was_not_used_for_longest_and_never_grows_beyond_its_bound) {
  AnswerCache cache(16'000);
  for (int i = 0; i < 100; ++i) {
    (void)ask(cache, state(1), "question" + std::to_string(i), Price::high);
    ASSERT_LE(cache.bytes(), 16'000U);
    ASSERT_TRUE(cache.find(state(1), "question0").has_value()) << "used at every turn";
  }
  EXPECT_TRUE(cache.find(state(1), "question99").has_value());
  EXPECT_FALSE(cache.find(state(1), "question50").has_value());
}

TEST(AnswerCache, does_not_keep_an_answer_that_would_push_out_most_others) {
  AnswerCache cache(16'000);
  (void)ask(cache, state(1), "large", Price::high, 3'000);
  EXPECT_FALSE(cache.find(state(1), "large").has_value());
}

TEST(AnswerCache, keeps_an_answer_without_the_room_that_it_grew_in_and_counts_what_it_says) {
  AnswerCache cache(32'000);
  std::string body(1'800, 'x');
  body.reserve(3'600);
  cache.put(state(1), "grown", net::text_response(200, std::move(body)), Price::high);
  const auto kept = cache.find(state(1), "grown");
  ASSERT_TRUE(kept.has_value()) << "with its room it would be more than one answer may take";
  EXPECT_EQ(*kept->body, std::string(1'800, 'x'));
  EXPECT_LT(kept->body->capacity(), 2'000U);
}

TEST(AnswerCache, keeps_a_plain_answer_when_it_is_asked_for_a_second_time) {
  AnswerCache cache(16'000);
  EXPECT_FALSE(ask(cache, state(1), "a", Price::low));
  EXPECT_EQ(cache.bytes(), 0U);
  EXPECT_FALSE(ask(cache, state(1), "a", Price::low));
  EXPECT_TRUE(ask(cache, state(1), "a", Price::low));
  EXPECT_FALSE(ask(cache, state(1), "b", Price::high));
  EXPECT_TRUE(ask(cache, state(1), "b", Price::high));
}

TEST(AnswerCache, questions_asked_once_take_no_room_however_many) {
  AnswerCache cache(16'000);
  for (std::size_t i = 0; i < 3 * AnswerCache::questions_max; ++i) {
    (void)ask(cache, state(1), std::to_string(i), Price::low);
  }
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(AnswerCache, an_answer_is_of_its_branch_and_its_state_alone) {
  AnswerCache cache(16'000);
  (void)ask(cache, state(5), "a", Price::high);
  EXPECT_FALSE(cache.find(state(5, 2), "a").has_value());
  EXPECT_FALSE(cache.find(state(6), "a").has_value());
  EXPECT_FALSE(cache.find(state(5), "a").has_value()) << "the branch has moved on";
}

TEST(AnswerCache, a_branch_that_moves_leaves_nothing_behind_and_a_late_reader_brings_nothing_back) {
  AnswerCache cache(16'000);
  (void)ask(cache, state(5), "a", Price::high);
  (void)ask(cache, state(5, 2), "a", Price::high);
  const std::size_t both = cache.bytes();
  (void)cache.find(state(6), "a");
  EXPECT_EQ(cache.bytes(), both / 2);
  EXPECT_TRUE(cache.find(state(5, 2), "a").has_value()) << "the other branch stands where it was";
  cache.put(state(5), "late", net::text_response(200, "x"), Price::high);
  EXPECT_EQ(cache.bytes(), both / 2);
  (void)ask(cache, state(1, 1, 9), "a", Price::high);
  EXPECT_TRUE(cache.find(state(1, 1, 9), "a").has_value()) << "another epoch counts from its own beginning";
}

}  // namespace
}  // namespace leanspec::hub::api
