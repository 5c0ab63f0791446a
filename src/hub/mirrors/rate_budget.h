#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/http_message.h"
#include "vocabulary/time.h"

namespace leanspec::hub::mirrors {

/// What a forge still lets us ask, as its last answer said. Pure.
struct RateBudget {
  std::optional<std::uint64_t> limit;      ///< requests per window
  std::optional<std::uint64_t> remaining;  ///< of them
  std::optional<Instant> resets_at;        ///< then the window begins anew
  std::optional<Instant> wait_until;       ///< nothing may be asked before
  std::uint32_t refusals = 0;              ///< in a row that named no time; each doubles the wait

  /// A tenth is left for people who ask something themselves.
  [[nodiscard]] std::uint64_t reserve() const { return limit.value_or(0) / 10; }
  /// How many requests may be made now; nothing: as many as one likes.
  [[nodiscard]] std::optional<std::uint64_t> spendable(Instant now) const;
  /// When it makes sense to go on after `spendable` was too small.
  [[nodiscard]] Instant resumes_at(Instant now) const;

  friend bool operator==(const RateBudget&, const RateBudget&) = default;
};

/// Whether the answer refuses for having been asked too often (GitHub: 403 or 429 with signs of it).
[[nodiscard]] bool is_rate_refusal(unsigned status, const net::Headers& headers, std::string_view body);

/// What an answer says of the budget: `x-ratelimit-*`; after a refusal `retry-after`, else the window's end when
/// nothing remains, else a minute, doubled with each refusal in a row up to an hour (GitHub's rules for secondary
/// limits).
[[nodiscard]] RateBudget after_answer(RateBudget before, unsigned status, const net::Headers& headers,
                                      std::string_view body, Instant now);

}  // namespace leanspec::hub::mirrors
