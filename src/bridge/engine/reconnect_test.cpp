#include "bridge/engine/reconnect.h"

#include <gtest/gtest.h>

namespace leanspec::bridge::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr BootTime start{std::chrono::hours{1}};

std::function<std::uint64_t()> counting(std::uint64_t step) {
  return [step, value = std::uint64_t{0}]() mutable { return value += step; };
}

TEST(reconnect, the_first_try_is_at_once_and_the_second_within_a_second) {
  for (std::uint64_t step = 1; step < 5000; step += 7) {
    Reconnect reconnect{counting(step)};
    EXPECT_LE(reconnect.next_attempt(), start);
    reconnect.failed(start);
    EXPECT_GE(reconnect.next_attempt(), start);
    EXPECT_LT(reconnect.next_attempt(), start + seconds{1});
  }
}

TEST(reconnect, later_pauses_grow_spread_and_never_exceed_thirty_seconds) {
  BootTime::duration longest{0};
  for (std::uint64_t step = 1; step < 50'000; step += 97) {
    Reconnect reconnect{counting(step)};
    auto now = start;
    for (int i = 0; i < 12; ++i) {
      reconnect.failed(now);
      const auto pause = reconnect.next_attempt() - now;
      EXPECT_LE(pause, seconds{30});
      if (i > 0) EXPECT_GE(pause, seconds{1});
      longest = std::max(longest, pause);
      now = reconnect.next_attempt();
    }
  }
  EXPECT_GT(longest, seconds{25});
}

TEST(reconnect, only_a_healthy_connection_starts_the_series_afresh) {
  Reconnect reconnect{counting(1)};
  for (int i = 0; i < 5; ++i) reconnect.failed(start);
  reconnect.connected(start);
  reconnect.failed(start + seconds{29});
  EXPECT_EQ(reconnect.failures(), 6);
  reconnect.connected(start);
  reconnect.failed(start + seconds{30});
  EXPECT_EQ(reconnect.failures(), 1);
}

TEST(reconnect, the_networks_return_is_used_at_once_but_the_hubs_wish_is_obeyed) {
  Reconnect reconnect{counting(999)};
  for (int i = 0; i < 6; ++i) reconnect.failed(start);
  reconnect.network_up(start + milliseconds{5});
  EXPECT_EQ(reconnect.next_attempt(), start + milliseconds{5});
  reconnect.failed(start, seconds{40});
  EXPECT_GE(reconnect.next_attempt(), start + seconds{40});
  reconnect.network_up(start + seconds{1});
  EXPECT_EQ(reconnect.next_attempt(), start + seconds{40});
}

TEST(reconnect, a_refusal_waits_long_and_new_settings_end_it) {
  Reconnect reconnect{counting(1)};
  reconnect.refused(start);
  EXPECT_EQ(reconnect.next_attempt(), start + Reconnect::refused_pause);
  reconnect.settings_changed(start + seconds{1});
  EXPECT_EQ(reconnect.next_attempt(), start + seconds{1});
}

}  // namespace
}  // namespace leanspec::bridge::engine
