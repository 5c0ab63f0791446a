#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace leanspec::merge {

/// Elements [base_begin, base_end) of the base became [side_begin, side_end) of the side; one of the two may be empty.
struct Hunk {
  std::uint32_t base_begin = 0;
  std::uint32_t base_end = 0;
  std::uint32_t side_begin = 0;
  std::uint32_t side_end = 0;

  friend bool operator==(const Hunk&, const Hunk&) = default;
};

using Hunks = std::vector<Hunk>;  ///< in order; at least one unchanged element between two

/// What one merge may spend on comparing, in elementary steps. A count and not a clock, so that the same merge has the
/// same result on every machine.
struct DiffBudget {
  /// About 50 ms; a document of 500 lines that was wholly rewritten takes one hundredth of it.
  static constexpr std::size_t steps_max = 20'000'000;
  std::size_t steps_left = steps_max;

  [[nodiscard]] bool spend(std::size_t steps) {
    if (steps > steps_left) {
      steps_left = 0;
      return false;
    }
    steps_left -= steps;
    return true;
  }
};

/// Myers' search keeps its history, whose size is the square of this bound: 16 MB. Stretches between unique lines that
/// differ in more places are hostile or hopeless.
inline constexpr std::size_t differences_max = 2000;

/// Differences of two sequences of interned elements (equal number, equal element). Elements that occur once on both
/// sides are matched first, in their longest common order (B. Cohen's patience diff); between them E. Myers' "An O(ND)
/// Difference Algorithm" (1986). Deterministic. Nothing when a bound is hit.
[[nodiscard]] std::optional<Hunks> diff(std::span<const std::uint32_t> base, std::span<const std::uint32_t> side,
                                        DiffBudget& budget);

enum class Slide { up, down };

/// A pure insertion or deletion inside repeated elements can stand in several places with the same result. Moves each
/// as far as it goes in that direction, keeping one unchanged element between hunks.
void slide(Hunks& hunks, std::span<const std::uint32_t> base, std::span<const std::uint32_t> side, Slide direction);

}  // namespace leanspec::merge
