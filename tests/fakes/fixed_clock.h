#pragma once

#include <atomic>

#include "host/clock.h"

namespace leanspec::fakes {

/// A clock that stands still until it is moved, from any thread.
class FixedClock final : public host::Clock {
 public:
  explicit FixedClock(Instant now = Instant(std::chrono::milliseconds(1'700'000'000'000))) : now_(now) {}

  [[nodiscard]] Instant now() const override { return now_.load(); }
  [[nodiscard]] BootTime since_boot() const override { return boot_.load(); }

  /// Time passes: both clocks move.
  void advance(std::chrono::milliseconds by) {
    now_ = now_.load() + by;
    boot_ = boot_.load() + by;
  }
  /// Somebody sets the wall clock.
  void set_wall(Instant now) { now_ = now; }

 private:
  std::atomic<Instant> now_;
  std::atomic<BootTime> boot_{BootTime{std::chrono::hours(1)}};
};

}  // namespace leanspec::fakes
