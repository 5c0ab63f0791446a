#include "hub/access/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace leanspec::hub::access {

TokenBucket::TokenBucket(BucketRule rule, Instant now) : tokens_(rule.burst), at_(now) {}

double TokenBucket::tokens(const BucketRule& rule, Instant now) const {
  const std::chrono::microseconds passed = std::max(now - at_, std::chrono::milliseconds(0));
  return std::min(rule.burst,
                  tokens_ + static_cast<double>(passed.count()) / static_cast<double>(rule.interval.count()));
}

std::chrono::milliseconds TokenBucket::take(const BucketRule& rule, Instant now) {
  tokens_ = tokens(rule, now);
  at_ = now;
  if (tokens_ >= 1) {
    tokens_ -= 1;
    return std::chrono::milliseconds(0);
  }
  const double wait = std::ceil((1 - tokens_) * static_cast<double>(rule.interval.count()) / 1000);
  return std::chrono::milliseconds(std::max(1LL, static_cast<long long>(wait)));
}

}  // namespace leanspec::hub::access
