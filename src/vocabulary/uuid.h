#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace leanspec {

/// 128-bit identifier, RFC 9562. Ordered bytewise, so version 7 values sort by the millisecond they were made in.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] bool is_nil() const { return *this == Uuid{}; }

  friend constexpr bool operator==(const Uuid&, const Uuid&) = default;
  /// By halves: nearly every map is ordered by these, and memcmp costs a call.
  friend constexpr std::strong_ordering operator<=>(const Uuid& one, const Uuid& other) {
    const auto first = one.halves(), second = other.halves();
    return first[0] != second[0] ? first[0] <=> second[0] : first[1] <=> second[1];
  }

 private:
  /// As numbers, the first byte the highest.
  [[nodiscard]] constexpr std::array<std::uint64_t, 2> halves() const {
    auto both = std::bit_cast<std::array<std::uint64_t, 2>>(bytes);
    if constexpr (std::endian::native == std::endian::little) {
      for (auto& half : both) half = __builtin_bswap64(half);
    }
    return both;
  }
};

/// A version 7 value from 48 bits of Unix milliseconds and 74 bits of `randomness` (10 bytes, from host::Entropy).
[[nodiscard]] Uuid make_uuid7(std::chrono::milliseconds since_unix_epoch,
                              const std::array<std::uint8_t, 10>& randomness);

/// Lower-case 8-4-4-4-12.
/// When a version 7 was made.
[[nodiscard]] std::chrono::milliseconds time_of(const Uuid& uuid7);
/// When a version 7 was made.
[[nodiscard]] std::chrono::milliseconds time_of(const Uuid& uuid7);

[[nodiscard]] std::string to_string(const Uuid& uuid);
/// Accepts either case, with dashes in the usual places; nothing for anything else.
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text);

}  // namespace leanspec

template <>
struct std::hash<leanspec::Uuid> {
  std::size_t operator()(const leanspec::Uuid& uuid) const noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, uuid.bytes.data(), sizeof high);
    std::memcpy(&low, uuid.bytes.data() + sizeof high, sizeof low);
    return static_cast<std::size_t>(high ^ (low * 0x9E3779B97F4A7C15ULL));
  }
};
