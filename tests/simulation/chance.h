#pragma once

#include <chrono>
#include <cstdint>

#include "tests/fakes/seeded_entropy.h"

namespace leanspec::simulation {

using std::chrono::milliseconds;

/// Dice from one seed. Everything that happens in a world by chance is drawn here, so the seed decides all of it.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : entropy_(seed + 1) {}

  [[nodiscard]] std::uint64_t bits() { return entropy_.next() >> 8U; }
  /// 0 to `below` - 1; 0 if there is nothing to choose from.
  [[nodiscard]] std::uint64_t below(std::uint64_t below) { return below == 0 ? 0 : bits() % below; }
  /// Both ends included.
  [[nodiscard]] std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
  }
  [[nodiscard]] milliseconds time(std::int64_t least, std::int64_t most) { return milliseconds(between(least, most)); }
  [[nodiscard]] bool percent(std::uint64_t of_hundred) { return below(100) < of_hundred; }
  [[nodiscard]] fakes::SeededEntropy& entropy() { return entropy_; }

 private:
  fakes::SeededEntropy entropy_;
};

}  // namespace leanspec::simulation
