#include "bridge/engine/reconnect.h"

#include <algorithm>

#include "wire/limits.h"

namespace leanspec::bridge::engine {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_max{wire::limits::reconnect_first_max};
constexpr milliseconds later_max{wire::limits::reconnect_max};

}  // namespace

milliseconds Reconnect::uniform(milliseconds below) {
  const auto range = static_cast<std::uint64_t>(below.count());
  return milliseconds{static_cast<std::int64_t>(random_() % range)};
}

void Reconnect::connected(BootTime now) {
  connected_at_ = now;
}

void Reconnect::failed(BootTime now, milliseconds retry_after) {
  if (connected_at_ && now - *connected_at_ >= wire::limits::healthy_after) failures_ = 0;
  connected_at_.reset();
  ++failures_;
  milliseconds pause = uniform(first_max);
  if (failures_ > 1) {
    const int doublings = std::min(failures_ - 1, 5);
    // Full jitter from one second up, so that a herd spreads and a hub that is down is not hammered.
    const auto range = std::min(later_max, milliseconds{1000} * (1 << doublings));
    pause = milliseconds{1000} + uniform(range - milliseconds{1000} + milliseconds{1});
  }
  not_before_ = now + retry_after;
  next_ = std::max<BootTime>(now + pause, not_before_);
}

void Reconnect::refused(BootTime now) {
  connected_at_.reset();
  ++failures_;
  not_before_ = BootTime{};
  next_ = now + refused_pause;
}

void Reconnect::network_up(BootTime now) {
  next_ = std::max(std::min(next_, now), not_before_);
}

void Reconnect::settings_changed(BootTime now) {
  failures_ = 0;
  not_before_ = BootTime{};
  next_ = now;
}

}  // namespace leanspec::bridge::engine
