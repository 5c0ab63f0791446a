#include <time.h>

#include "host/clock.h"

namespace leanspec::host {
namespace {

[[nodiscard]] std::chrono::nanoseconds read(clockid_t id) {
  timespec time{};
  ::clock_gettime(id, &time);  // cannot fail for the clocks used here
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    return Instant(std::chrono::duration_cast<std::chrono::milliseconds>(read(CLOCK_REALTIME)));
  }
  [[nodiscard]] BootTime since_boot() const override { return BootTime(read(CLOCK_BOOTTIME)); }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace leanspec::host
