#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace leanspec::simulation {

using std::chrono::milliseconds;

/// Owns time: runs what is due in the order of (time, arrival), on one thread. Time moves only from one piece of work
/// to the next, so hours pass in a moment and nothing happens twice in another order.
class Executor {
 public:
  using Work = std::function<void()>;

  void at(milliseconds when, Work work) { queue_.emplace(std::pair(std::max(when, now_), ++count_), std::move(work)); }
  void after(milliseconds delay, Work work) { at(now_ + delay, std::move(work)); }

  [[nodiscard]] milliseconds now() const { return now_; }
  /// Pieces of work done without time having moved: a growing number is a circle that never ends.
  [[nodiscard]] std::uint64_t at_this_moment() const { return at_this_moment_; }
  [[nodiscard]] std::uint64_t done() const { return done_; }

  /// Does what is due up to `end`, one piece; false when there is none.
  bool step(milliseconds end) {
    if (queue_.empty() || queue_.begin()->first.first > end) {
      now_ = std::max(now_, end);
      return false;
    }
    auto next = queue_.extract(queue_.begin());
    at_this_moment_ = next.key().first == now_ ? at_this_moment_ + 1 : 0;
    now_ = next.key().first;
    ++done_;
    next.mapped()();
    return true;
  }

 private:
  std::map<std::pair<milliseconds, std::uint64_t>, Work> queue_;
  milliseconds now_{0};
  std::uint64_t count_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t at_this_moment_ = 0;
};

}  // namespace leanspec::simulation
