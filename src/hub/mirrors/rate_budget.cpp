#include "hub/mirrors/rate_budget.h"

#include <algorithm>
#include <charconv>

namespace leanspec::hub::mirrors {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds first_wait = 60s;      // what GitHub asks for where it names no time
constexpr std::chrono::seconds wait_max = 1h;         // the length of its window
constexpr std::chrono::seconds named_wait_max = 24h;  // a longer one is a broken header
constexpr std::uint32_t doublings_max = 6;

std::optional<std::uint64_t> number_in(const net::Headers& headers, std::string_view name) {
  const auto text = net::find_header(headers, name);
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::uint64_t> RateBudget::spendable(Instant now) const {
  if (wait_until && now < *wait_until) return std::uint64_t{0};
  if (!remaining || (resets_at && now >= *resets_at)) return std::nullopt;
  return *remaining > reserve() ? *remaining - reserve() : 0;
}

Instant RateBudget::resumes_at(Instant now) const {
  Instant when = now;
  if (wait_until) when = std::max(when, *wait_until);
  if (remaining && *remaining <= reserve() && resets_at) when = std::max(when, *resets_at);
  return when;
}

bool is_rate_refusal(unsigned status, const net::Headers& headers, std::string_view body) {
  if (status == 429) return true;
  if (status != 403) return false;
  return net::find_header(headers, "retry-after").has_value() || number_in(headers, "x-ratelimit-remaining") == 0 ||
         body.find("rate limit") != std::string_view::npos;
}

RateBudget after_answer(RateBudget before, unsigned status, const net::Headers& headers, std::string_view body,
                        Instant now) {
  RateBudget budget = before;
  if (const auto limit = number_in(headers, "x-ratelimit-limit")) budget.limit = limit;
  if (const auto reset = number_in(headers, "x-ratelimit-reset")) {
    const auto far = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()) + named_wait_max;
    budget.resets_at = Instant(std::min(std::chrono::seconds(std::min(*reset, std::uint64_t{1} << 40U)), far));
  }
  if (const auto remaining = number_in(headers, "x-ratelimit-remaining")) {
    // Answers overtake each other; within one window less remains with each.
    const bool same_window = before.remaining && before.resets_at == budget.resets_at;
    budget.remaining = same_window ? std::min(*before.remaining, *remaining) : *remaining;
  }
  if (!is_rate_refusal(status, headers, body)) {
    if (status < 400) budget.refusals = 0;
    if (budget.wait_until && *budget.wait_until <= now) budget.wait_until.reset();
    return budget;
  }
  if (const auto seconds = number_in(headers, "retry-after")) {
    budget.wait_until =
        now + std::min(std::chrono::seconds(std::min(*seconds, std::uint64_t{1} << 30U)), named_wait_max);
  } else if (budget.remaining == 0 && budget.resets_at && *budget.resets_at > now) {
    budget.wait_until = budget.resets_at;
  } else {
    budget.wait_until = now + std::min(first_wait * (1U << std::min(budget.refusals, doublings_max)), wait_max);
  }
  ++budget.refusals;
  return budget;
}

}  // namespace leanspec::hub::mirrors
