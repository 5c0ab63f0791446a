#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "vocabulary/time.h"

namespace leanspec::bridge::engine {

/// When to try the hub again: first uniformly within 1 s, then full jitter over a range that doubles from 1 s to 30 s
/// (after "Exponential Backoff and Jitter", AWS), afresh once a connection was healthy for 30 s, at once when the
/// network returns, never before what the hub asked for. Pure: time and chance are passed in.
class Reconnect {
 public:
  /// `random` gives any 64 uniform bits.
  explicit Reconnect(std::function<std::uint64_t()> random) : random_(std::move(random)) {}

  /// The hub welcomed us.
  void connected(BootTime now);
  /// The attempt or the connection failed. `retry_after`: the hub's own wish (GoAway, Refused); zero: none.
  void failed(BootTime now, std::chrono::milliseconds retry_after = std::chrono::milliseconds{0});
  /// The hub said no and waiting will not help (wrong key, revoked): the next try is after `refused_pause` or a new
  /// key.
  void refused(BootTime now);
  /// The system says the network is back, or the machine woke: try at once, unless the hub asked to wait.
  void network_up(BootTime now);
  /// The credentials or the address changed: try at once.
  void settings_changed(BootTime now);

  /// When to try next; before the first failure: at once.
  [[nodiscard]] BootTime next_attempt() const { return next_; }
  [[nodiscard]] int failures() const { return failures_; }

  static constexpr std::chrono::minutes refused_pause{5};

 private:
  [[nodiscard]] std::chrono::milliseconds uniform(std::chrono::milliseconds below);

  std::function<std::uint64_t()> random_;
  BootTime next_{};
  BootTime not_before_{};
  std::optional<BootTime> connected_at_;
  int failures_ = 0;
};

}  // namespace leanspec::bridge::engine
