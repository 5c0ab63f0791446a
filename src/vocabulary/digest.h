#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace leanspec {

/// SHA-256 of some bytes; `digest/sha256.h` computes it. The name of a body everywhere: disk, wire, store, API.
struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  friend auto operator<=>(const Digest&, const Digest&) = default;
};

/// 64 lower-case hex digits.
[[nodiscard]] std::string to_hex(const Digest& digest);
/// Nothing unless `text` is exactly 64 hex digits.
[[nodiscard]] std::optional<Digest> parse_digest(std::string_view text);

}  // namespace leanspec

template <>
struct std::hash<leanspec::Digest> {
  std::size_t operator()(const leanspec::Digest& digest) const noexcept {
    std::size_t head = 0;  // the bytes are already uniform
    std::memcpy(&head, digest.bytes.data(), sizeof head);
    return head;
  }
};
