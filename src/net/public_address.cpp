#include "net/public_address.h"

#include <algorithm>
#include <array>

namespace leanspec::net {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct Range {
  std::array<std::uint8_t, 4> start;
  unsigned bits;
};
/// Of the IANA registry of special-purpose IPv4 addresses, what is not globally reachable, and multicast.
constexpr Range special_v4[] = {
    {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10}, {{127, 0, 0, 0}, 8},
    {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},  {{192, 0, 0, 0}, 24},  {{192, 0, 2, 0}, 24},
    {{192, 88, 99, 0}, 24}, {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15}, {{198, 51, 100, 0}, 24},
    {{203, 0, 113, 0}, 24}, {{224, 0, 0, 0}, 4},    {{240, 0, 0, 0}, 4},
};

std::uint32_t number(Bytes bytes) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : bytes.first(4)) value = (value << 8U) | byte;
  return value;
}

bool is_public_v4(Bytes bytes) {
  const std::uint32_t address = number(bytes);
  return std::none_of(std::begin(special_v4), std::end(special_v4), [&](const Range& range) {
    return (address >> (32U - range.bits)) == (number(range.start) >> (32U - range.bits));
  });
}

template <std::size_t size>
bool begins_with(Bytes bytes, const std::array<std::uint8_t, size>& start) {
  return std::equal(start.begin(), start.end(), bytes.begin());
}

bool is_public_v6(Bytes bytes) {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  constexpr std::array<std::uint8_t, 12> translated{0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0};
  constexpr std::array<std::uint8_t, 2> six_to_four{0x20, 0x02};
  constexpr std::array<std::uint8_t, 4> documentation{0x20, 0x01, 0x0D, 0xB8};
  constexpr std::array<std::uint8_t, 4> documentation_too{0x3F, 0xFF, 0, 0};
  if (begins_with(bytes, mapped) || begins_with(bytes, translated)) return is_public_v4(bytes.subspan(12));
  if (begins_with(bytes, six_to_four)) return is_public_v4(bytes.subspan(2, 4));
  // 2001::/23 is Teredo, ORCHID and the like; 3fff::/20 is documentation as well.
  if (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 2) return false;
  if (begins_with(bytes, documentation)) return false;
  if (bytes[0] == documentation_too[0] && bytes[1] == documentation_too[1] && bytes[2] < 0x10) return false;
  return (bytes[0] & 0xE0U) == 0x20U;  // 2000::/3, the only global unicast that is given out
}

}  // namespace

bool is_public_address(Bytes bytes) {
  if (bytes.size() == 4) return is_public_v4(bytes);
  return bytes.size() == 16 && is_public_v6(bytes);
}

}  // namespace leanspec::net
