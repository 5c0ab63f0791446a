#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "hub/access/token_bucket.h"

namespace leanspec::hub::access {

enum class RateKind { sign_in, set_up, api, hello, audit };

struct RateRules {
  /// By address: ten guesses at once, then one per 6 s. A person never notices, a dictionary takes a year per 5
  /// million.
  BucketRule sign_in{10, std::chrono::seconds(6)};
  BucketRule set_up{10, std::chrono::seconds(6)};
  /// Generous: the web app loads a page with a dozen requests, scripts read whole projects.
  BucketRule api{2000, std::chrono::milliseconds(2)};
  /// All machines of a company that share a key, and come back together after the hub was away; afterwards a hundred a
  /// second, a tenth of what a core can welcome.
  BucketRule hello{10'000, std::chrono::milliseconds(10)};
  /// Refusals that are written down: a flood of them must not become a flood of the log.
  BucketRule audit{10, std::chrono::minutes(1)};
  /// Callers remembered per kind; the one unseen for longest is forgotten first (and starts full again).
  std::size_t callers_max = 20'000;
};

/// Token buckets per caller (an address, /64 for IPv6, and a key or person). Safe from every thread.
class RateLimits {
 public:
  explicit RateLimits(RateRules rules = {});
  /// Zero: go on. Else what to answer as Retry-After (round up to seconds).
  [[nodiscard]] std::chrono::milliseconds take(RateKind kind, std::string_view caller, Instant now);
  [[nodiscard]] std::size_t callers(RateKind kind) const;

 private:
  struct Caller {
    std::string name;
    TokenBucket bucket;
  };
  struct Table {
    std::list<Caller> by_age;  ///< most recently seen first
    std::unordered_map<std::string, std::list<Caller>::iterator> by_name;
  };
  [[nodiscard]] const BucketRule& rule(RateKind kind) const;

  RateRules rules_;
  mutable std::mutex mutex_;
  std::array<Table, 5> tables_;
};

/// What an address counts as: itself for IPv4, its /64 for IPv6, the inner address for IPv4 in IPv6.
[[nodiscard]] std::string rate_caller_of_address(std::string_view address);

}  // namespace leanspec::hub::access
