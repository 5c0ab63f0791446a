#pragma once

#include <array>
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

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// A version 7 value from 48 bits of Unix milliseconds and 74 bits of `randomness` (10 bytes, from host::Entropy).
[[nodiscard]] Uuid make_uuid7(std::chrono::milliseconds since_unix_epoch, const std::array<std::uint8_t, 10>& randomness);

/// Lower-case 8-4-4-4-12.
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
