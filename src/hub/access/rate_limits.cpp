#include "hub/access/rate_limits.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace leanspec::hub::access {

namespace {

std::size_t index_of(RateKind kind) {
  return static_cast<std::size_t>(kind);
}

std::vector<std::string> groups_of(std::string_view text) {
  std::vector<std::string> groups;
  if (text.empty()) return groups;
  for (std::size_t from = 0;;) {
    const auto colon = text.find(':', from);
    std::string group(text.substr(from, colon == std::string_view::npos ? colon : colon - from));
    std::transform(group.begin(), group.end(), group.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    while (group.size() > 1 && group.front() == '0') group.erase(0, 1);
    groups.push_back(std::move(group));
    if (colon == std::string_view::npos) return groups;
    from = colon + 1;
  }
}

}  // namespace

RateLimits::RateLimits(RateRules rules) : rules_(rules) {}

const BucketRule& RateLimits::rule(RateKind kind) const {
  switch (kind) {
    case RateKind::sign_in:
      return rules_.sign_in;
    case RateKind::set_up:
      return rules_.set_up;
    case RateKind::api:
      return rules_.api;
    case RateKind::hello:
      return rules_.hello;
    case RateKind::audit:
      return rules_.audit;
  }
  return rules_.sign_in;
}

std::chrono::milliseconds RateLimits::take(RateKind kind, std::string_view caller, Instant now) {
  const std::scoped_lock lock(mutex_);
  auto& table = tables_[index_of(kind)];
  const std::string name(caller);
  const auto known = table.by_name.find(name);
  if (known != table.by_name.end()) {
    table.by_age.splice(table.by_age.begin(), table.by_age, known->second);
    return known->second->bucket.take(rule(kind), now);
  }
  if (table.by_name.size() >= rules_.callers_max) {
    table.by_name.erase(table.by_age.back().name);
    table.by_age.pop_back();
  }
  table.by_age.push_front(Caller{name, TokenBucket(rule(kind), now)});
  table.by_name.emplace(name, table.by_age.begin());
  return table.by_age.front().bucket.take(rule(kind), now);
}

std::size_t RateLimits::callers(RateKind kind) const {
  const std::scoped_lock lock(mutex_);
  return tables_[index_of(kind)].by_name.size();
}

std::string rate_caller_of_address(std::string_view address) {
  if (address.find(':') == std::string_view::npos) return std::string(address);
  address = address.substr(0, address.find('%'));
  if (address.find('.') != std::string_view::npos) return std::string(address.substr(address.rfind(':') + 1));
  const auto gap = address.find("::");
  auto groups = groups_of(address.substr(0, gap));
  if (gap != std::string_view::npos) {
    const auto tail = groups_of(address.substr(gap + 2));
    if (groups.size() + tail.size() < 8) groups.resize(8 - tail.size(), "0");
    groups.insert(groups.end(), tail.begin(), tail.end());
  }
  groups.resize(4, "0");
  return groups[0] + ":" + groups[1] + ":" + groups[2] + ":" + groups[3] + "::/64";
}

}  // namespace leanspec::hub::access
