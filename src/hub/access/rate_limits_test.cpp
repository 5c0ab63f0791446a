#include "hub/access/rate_limits.h"

#include <gtest/gtest.h>

namespace leanspec::hub::access {
namespace {

using namespace std::chrono_literals;

TEST(token_bucket, gives_a_burst_then_one_per_interval_and_says_how_long_to_wait) {
  const BucketRule rule{3, 1000ms};
  Instant now{0ms};
  TokenBucket bucket(rule, now);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.take(rule, now), 0ms);
  EXPECT_EQ(bucket.take(rule, now), 1000ms);
  now += 400ms;
  EXPECT_EQ(bucket.take(rule, now), 600ms);
  now += 600ms;
  EXPECT_EQ(bucket.take(rule, now), 0ms);
  now -= 1h;  // a clock that steps back
  EXPECT_GT(bucket.take(rule, now), 0ms);
  now += 10h;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.take(rule, now), 0ms);
  EXPECT_GT(bucket.take(rule, now), 0ms);
}

TEST(rate_limits, keep_callers_and_kinds_apart) {
  RateRules rules;
  rules.sign_in = {1, 1min};
  RateLimits limits(rules);
  const Instant now{0ms};
  EXPECT_EQ(limits.take(RateKind::sign_in, "10.0.0.1", now), 0ms);
  EXPECT_EQ(limits.take(RateKind::sign_in, "10.0.0.1", now), 1min);
  EXPECT_EQ(limits.take(RateKind::sign_in, "10.0.0.2", now), 0ms);
  EXPECT_EQ(limits.take(RateKind::api, "10.0.0.1", now), 0ms);
}

// N03
TEST(rate_limits, ten_thousand_machines_that_share_a_key_come_back_together_and_then_a_hundred_a_second) {
  RateLimits limits;
  Instant now{0ms};
  const auto let_in = [&](int asking) {
    int in = 0;
    for (int one = 0; one < asking; ++one) in += limits.take(RateKind::hello, "key 7", now) == 0ms ? 1 : 0;
    return in;
  };
  EXPECT_EQ(let_in(12'000), 10'000);
  EXPECT_EQ(limits.take(RateKind::hello, "key 7", now), 10ms);
  EXPECT_EQ(limits.take(RateKind::hello, "key 8", now), 0ms);
  now += 1s;
  EXPECT_EQ(let_in(12'000), 100);
}

TEST(rate_limits, remember_no_more_callers_than_they_may) {
  RateRules rules;
  rules.callers_max = 100;
  RateLimits limits(rules);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(limits.take(RateKind::hello, std::to_string(i), Instant{0ms}), 0ms);
  EXPECT_EQ(limits.callers(RateKind::hello), 100U);
}

TEST(rate_limits, one_house_of_ipv6_is_one_caller) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"192.0.2.7", "192.0.2.7"},
      {"::ffff:192.0.2.7", "192.0.2.7"},
      {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
      {"2001:DB8:0001:2::9", "2001:db8:1:2::/64"},
      {"::1", "0:0:0:0::/64"},
      {"fe80::1%eth0", "fe80:0:0:0::/64"},
      {"2001:db8::", "2001:db8:0:0::/64"},
  };
  for (const auto& [address, caller] : table) EXPECT_EQ(rate_caller_of_address(address), caller) << address;
}

}  // namespace
}  // namespace leanspec::hub::access
