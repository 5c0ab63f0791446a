#pragma once

#include <chrono>
#include <string>

namespace leanspec {

/// Wall-clock time, UTC, in the hub's or the machine's own clock; never compared across machines (law 14).
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// Time since this machine's boot, counting sleep; never steps back. For ages, deadlines and quiet windows.
struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
};
using BootTime = BootClock::time_point;

/// RFC 3339 in UTC with milliseconds: "2026-11-22T09:30:00.125Z".
[[nodiscard]] std::string to_rfc3339(Instant instant);

}  // namespace leanspec
