#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "vocabulary/time.h"
#include "vocabulary/uuid.h"

namespace leanspec::host {

/// Random bytes fit for keys. The only place where chance comes in, so that a simulation can own it.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;

  /// A fresh UUIDv7 for the wall-clock time `now`.
  [[nodiscard]] Uuid uuid7(Instant now);
};

/// getrandom(2). Safe from every thread.
[[nodiscard]] Entropy& system_entropy();

}  // namespace leanspec::host
