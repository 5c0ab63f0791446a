#pragma once

#include <optional>

#include "host/descriptor.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"

namespace leanspec::host {

/// An alarm on the boot clock (timerfd, CLOCK_BOOTTIME): unlike other timers it counts while the machine sleeps, so
/// what was due during the sleep is due at once after it. For an event loop; costs nothing while it waits.
class BootTimer {
 public:
  [[nodiscard]] static Result<BootTimer> make();

  /// Readable once the time has come.
  [[nodiscard]] int descriptor() const { return file_.get(); }
  /// Nothing: never. Replaces what was set before; a time that is past is due at once.
  void set(std::optional<BootTime> when);
  /// Call when readable.
  void clear();

 private:
  explicit BootTimer(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
  std::optional<BootTime> when_;
};

}  // namespace leanspec::host
