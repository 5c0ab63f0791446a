#include "hub/mirrors/sync_schedule.h"

#include <gtest/gtest.h>

namespace leanspec::hub::mirrors {
namespace {

using namespace std::chrono_literals;

constexpr Instant now{std::chrono::milliseconds(1'700'000'000'000)};

TEST(SyncSchedule, mirrors_are_spread_around_their_interval) {
  EXPECT_EQ(next_after_success(now, 1h, 0.0), now + 54min);
  EXPECT_EQ(next_after_success(now, 1h, 0.5), now + 60min);
  EXPECT_LT(next_after_success(now, 1h, 0.999), now + 66min);
}

TEST(SyncSchedule, a_forge_that_is_down_is_asked_less_and_less_often) {
  std::vector<std::chrono::milliseconds> waits;
  for (const std::uint32_t failures : {1U, 2U, 3U, 9U, 10U, 100U})
    waits.push_back(next_after_failure(now, ErrorCode::unavailable, failures, {}, 1h, 0.999999) - now);
  for (std::size_t i = 0; i < waits.size(); ++i) waits[i] = std::chrono::round<std::chrono::seconds>(waits[i]);
  EXPECT_EQ(waits, (std::vector<std::chrono::milliseconds>{1min, 2min, 4min, 256min, 6h, 6h}));
  EXPECT_EQ(next_after_failure(now, ErrorCode::timeout, 1, {}, 1h, 0.0), now + 30s);
}

TEST(SyncSchedule, a_used_up_budget_is_waited_for) {
  RateBudget budget;
  budget.wait_until = now + 20min;
  EXPECT_EQ(next_after_failure(now, ErrorCode::exhausted, 1, budget, 1h, 0.0), now + 20min);
  EXPECT_EQ(next_after_failure(now, ErrorCode::exhausted, 1, {}, 1h, 0.0), now + 1min);
}

TEST(SyncSchedule, what_only_a_person_can_mend_is_not_tried_every_minute) {
  for (const auto reason : {ErrorCode::unauthenticated, ErrorCode::forbidden, ErrorCode::not_found})
    EXPECT_GE(next_after_failure(now, reason, 1, {}, 5min, 0.0), now + 54min);
}

}  // namespace
}  // namespace leanspec::hub::mirrors
