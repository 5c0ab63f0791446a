#include "hub/mirrors/rate_budget.h"

#include <gtest/gtest.h>

namespace leanspec::hub::mirrors {
namespace {

using namespace std::chrono_literals;

constexpr Instant now{std::chrono::milliseconds(1'700'000'000'000)};

net::Headers limits(int limit, int remaining, std::chrono::seconds until_reset) {
  return {{"X-RateLimit-Limit", std::to_string(limit)},
          {"X-RateLimit-Remaining", std::to_string(remaining)},
          {"X-RateLimit-Reset", std::to_string((1'700'000'000s + until_reset).count())}};
}

TEST(RateBudget, a_tenth_is_kept_back_until_the_window_ends) {
  const auto budget = after_answer({}, 200, limits(60, 20, 600s), "", now);
  EXPECT_EQ(budget.spendable(now), 14U);
  EXPECT_EQ(after_answer({}, 200, limits(60, 6, 600s), "", now).spendable(now), 0U);
  EXPECT_EQ(after_answer({}, 200, limits(60, 6, 600s), "", now).resumes_at(now), now + 600s);
  EXPECT_EQ(budget.spendable(now + 600s), std::nullopt);
}

TEST(RateBudget, an_answer_that_was_overtaken_gives_nothing_back) {
  auto budget = after_answer({}, 200, limits(60, 20, 600s), "", now);
  budget = after_answer(budget, 200, limits(60, 24, 600s), "", now);
  EXPECT_EQ(budget.remaining, 20U);
  EXPECT_EQ(after_answer(budget, 200, limits(60, 59, 4200s), "", now + 601s).remaining, 59U);
}

TEST(RateBudget, a_used_up_window_waits_for_its_end) {
  const auto budget = after_answer({}, 403, limits(60, 0, 1200s), "API rate limit exceeded", now);
  EXPECT_EQ(budget.wait_until, now + 1200s);
  EXPECT_EQ(budget.spendable(now + 1199s), 0U);
  EXPECT_EQ(budget.spendable(now + 1200s), std::nullopt);
}

TEST(RateBudget, a_secondary_limit_is_obeyed_to_the_second_it_names) {
  auto headers = limits(5000, 4000, 600s);
  headers.emplace_back("Retry-After", "37");
  EXPECT_EQ(after_answer({}, 403, headers, "You have exceeded a secondary rate limit", now).wait_until, now + 37s);
  EXPECT_EQ(after_answer({}, 429, headers, "", now).wait_until, now + 37s);
}

TEST(RateBudget, without_a_time_the_wait_begins_with_a_minute_and_doubles_up_to_an_hour) {
  RateBudget budget;
  std::vector<std::chrono::seconds> waits;
  for (int i = 0; i < 8; ++i) {
    budget = after_answer(budget, 429, limits(5000, 4000, 600s), "", now);
    waits.push_back(std::chrono::duration_cast<std::chrono::seconds>(*budget.wait_until - now));
  }
  EXPECT_EQ(waits, (std::vector<std::chrono::seconds>{60s, 120s, 240s, 480s, 960s, 1920s, 3600s, 3600s}));
  EXPECT_EQ(after_answer(budget, 200, {}, "", now).refusals, 0U);
}

TEST(RateBudget, a_403_without_signs_of_a_limit_is_none) {
  EXPECT_FALSE(is_rate_refusal(403, limits(5000, 4000, 600s), "Resource not accessible by personal access token"));
  EXPECT_FALSE(is_rate_refusal(404, {}, "rate limit"));
}

TEST(RateBudget, headers_that_make_no_sense_stop_nobody_for_ever) {
  const net::Headers headers{
      {"X-RateLimit-Reset", "99999999999999999"}, {"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Limit", "x"}};
  EXPECT_LE(after_answer({}, 403, headers, "", now).resumes_at(now), now + 24h);
  EXPECT_LE(after_answer({}, 429, {{"Retry-After", "18446744073709551615"}}, "", now).resumes_at(now), now + 24h);
}

}  // namespace
}  // namespace leanspec::hub::mirrors
