#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/world.h"

namespace leanspec::simulation {

/// What many worlds came to, and in how many of them each kind of event, conflict and guard occurred. Only seeds that
/// are whole count.
class Coverage {
 public:
  void add(const Outcome& outcome);

  struct Row {
    std::string_view kind;
    std::uint64_t seeds = 0;
  };
  /// Every kind that there is: events, then what came of them.
  [[nodiscard]] std::vector<Row> rows() const;
  /// Kinds that occurred in fewer than 1 % of the seeds.
  [[nodiscard]] std::vector<Row> rare() const;
  /// One line for each kind, with its share.
  [[nodiscard]] std::string table() const;
  /// The sums, as members of a JSON object.
  [[nodiscard]] std::string json() const;

  [[nodiscard]] std::uint64_t seeds() const { return seeds_; }
  /// Worlds that ended with too few edits or faults to be counted.
  [[nodiscard]] std::uint64_t small() const { return small_; }
  [[nodiscard]] std::uint64_t broken() const { return broken_; }

 private:
  std::uint64_t seeds_ = 0;
  std::uint64_t small_ = 0;
  std::uint64_t broken_ = 0;
  std::array<std::uint64_t, event_kinds> events_{};
  std::array<std::uint64_t, sight_kinds> sights_{};
  std::uint64_t edits_ = 0;
  std::uint64_t faults_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t versions_ = 0;
  std::uint64_t merges_ = 0;
  std::uint64_t conflicts_ = 0;
  milliseconds virtual_time_{0};
};

}  // namespace leanspec::simulation
