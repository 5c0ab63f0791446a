#pragma once

#include "host/clock.h"

namespace leanspec::fakes {

/// A clock that stands still until it is moved.
class FixedClock final : public host::Clock {
 public:
  explicit FixedClock(Instant now = Instant(std::chrono::milliseconds(1'700'000'000'000))) : now_(now) {}

  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] BootTime since_boot() const override { return boot_; }

  /// Time passes: both clocks move.
  void advance(std::chrono::milliseconds by) {
    now_ += by;
    boot_ += by;
  }
  /// Somebody sets the wall clock.
  void set_wall(Instant now) { now_ = now; }

 private:
  Instant now_;
  BootTime boot_{std::chrono::hours(1)};
};

}  // namespace leanspec::fakes
