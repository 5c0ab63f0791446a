#include "hub/mirrors/sync_schedule.h"

#include <algorithm>

namespace leanspec::hub::mirrors {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds first_retry = 1min;
constexpr std::chrono::milliseconds retry_max = 6h;
constexpr std::uint32_t doublings_max = 9;

std::chrono::milliseconds part_of(std::chrono::milliseconds whole, double part) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(whole.count()) * part));
}

bool needs_a_person(ErrorCode reason) {
  return reason == ErrorCode::unauthenticated || reason == ErrorCode::forbidden || reason == ErrorCode::not_found ||
         reason == ErrorCode::unsupported || reason == ErrorCode::too_large;
}

}  // namespace

Instant next_after_success(Instant now, std::chrono::milliseconds interval, double chance) {
  return now + part_of(interval, 0.9 + 0.2 * chance);
}

Instant next_after_failure(Instant now, ErrorCode reason, std::uint32_t failures, const RateBudget& budget,
                           std::chrono::milliseconds interval, double chance) {
  if (reason == ErrorCode::exhausted)
    return std::max(budget.resumes_at(now), now + first_retry) + part_of(first_retry, chance);
  if (needs_a_person(reason))
    return now + part_of(std::max<std::chrono::milliseconds>(interval, 1h), 0.9 + 0.2 * chance);
  const auto doublings = std::min(failures == 0 ? 0 : failures - 1, doublings_max);
  const auto wait = std::min(first_retry * (1U << doublings), retry_max);
  return now + part_of(wait, 0.5 + 0.5 * chance);
}

}  // namespace leanspec::hub::mirrors
