#include "host/boot_timer.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "host/system_error.h"

namespace leanspec::host {

Result<BootTimer> BootTimer::make() {
  Descriptor file(::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!file) return system_error(errno, "no timer could be made", "timer");
  return BootTimer(std::move(file));
}

void BootTimer::set(std::optional<BootTime> when) {
  if (when == when_) return;
  when_ = when;
  itimerspec time{};
  if (when) {
    // All zero would switch the timer off.
    const auto nanoseconds = std::max<std::int64_t>(when->time_since_epoch().count(), 1);
    time.it_value.tv_sec = static_cast<time_t>(nanoseconds / 1'000'000'000);
    time.it_value.tv_nsec = static_cast<long>(nanoseconds % 1'000'000'000);
  }
  ::timerfd_settime(file_.get(), TFD_TIMER_ABSTIME, &time, nullptr);
}

void BootTimer::clear() {
  std::uint64_t times = 0;
  if (::read(file_.get(), &times, sizeof times) > 0) when_.reset();
}

}  // namespace leanspec::host
