#pragma once

#include <chrono>
#include <cstdint>

#include "hub/mirrors/rate_budget.h"
#include "vocabulary/error.h"
#include "vocabulary/time.h"

namespace leanspec::hub::mirrors {

constexpr std::chrono::minutes sync_interval_min{5};
constexpr std::chrono::hours sync_interval_usual{1};
constexpr std::chrono::hours sync_interval_max{24 * 7};
/// Between two syncs that people ask for by the button: nobody's patience, and not the forge's either.
constexpr std::chrono::seconds button_cool_down{30};

/// When the next sync is due after one that succeeded. `chance` is from [0, 1) and spreads mirrors over a fifth of the
/// interval, so that they do not all ask at the full hour. Pure, as what follows.
[[nodiscard]] Instant next_after_success(Instant now, std::chrono::milliseconds interval, double chance);

/// After one that failed `failures` times in a row, for this reason: when the budget allows it; in an hour or more
/// where a person has to do something; else after a minute, doubled up to six hours, with half of it by chance.
[[nodiscard]] Instant next_after_failure(Instant now, ErrorCode reason, std::uint32_t failures,
                                         const RateBudget& budget, std::chrono::milliseconds interval, double chance);

}  // namespace leanspec::hub::mirrors
