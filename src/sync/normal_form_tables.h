#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace leanspec::sync {

/// One character and the two that are the same to a reader, in Unicode's canonical sense. `second` 0: just `first`.
struct Composed {
  char16_t whole;
  char16_t first;
  char16_t second;
};
/// Marks that stand on the character before them, and the order among them (canonical combining class).
struct MarkRange {
  char16_t from;
  char16_t to;
  std::uint8_t order;
};

// Of the Basic Multilingual Plane, without Hangul (which is computed) and the compatibility ideographs, which no disk
// in use takes apart. In order of the first field. A whole library would weigh more than the bridge may.
constexpr std::size_t composed_count = 928;
extern const std::array<Composed, composed_count> composed_characters;
/// These are never put together again.
constexpr std::size_t taken_apart_count = 105;
extern const std::array<Composed, taken_apart_count> taken_apart_only;
constexpr std::size_t mark_count = 295;
extern const std::array<MarkRange, mark_count> marks;

}  // namespace leanspec::sync
