#pragma once

#include <chrono>

#include "vocabulary/time.h"

namespace leanspec::hub::access {

/// A bucket that holds `burst` tokens and gains one per `interval`.
struct BucketRule {
  double burst = 1;
  std::chrono::microseconds interval{1'000'000};
};

/// Rate limiter of one caller. Time is passed in; a clock that steps back gives nothing and takes nothing.
class TokenBucket {
 public:
  TokenBucket(BucketRule rule, Instant now);
  /// Zero: taken. Else how long to wait until it could be.
  [[nodiscard]] std::chrono::milliseconds take(const BucketRule& rule, Instant now);
  [[nodiscard]] double tokens(const BucketRule& rule, Instant now) const;

 private:
  double tokens_;
  Instant at_;
};

}  // namespace leanspec::hub::access
