#pragma once

#include "vocabulary/time.h"

namespace leanspec::host {

/// The two clocks of a machine. The only place where time is read; everything else is told the time.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall clock; may step either way.
  [[nodiscard]] virtual Instant now() const = 0;
  /// Since boot, counting sleep; never steps back.
  [[nodiscard]] virtual BootTime since_boot() const = 0;
};

/// The system's clocks (CLOCK_REALTIME and CLOCK_BOOTTIME). Safe from every thread.
[[nodiscard]] const Clock& system_clock();

}  // namespace leanspec::host
