#pragma once

#include <cstdint>
#include <span>

namespace leanspec::net {

/// Whether an address (4 bytes, or 16 of IPv6) is one of the public Internet. Not: this machine, private and shared
/// networks, link-local (where clouds keep their secrets), documentation, multicast and reserved ranges (the IANA
/// special-purpose registries), nor an IPv6 form of such an IPv4 address.
[[nodiscard]] bool is_public_address(std::span<const std::uint8_t> bytes);

}  // namespace leanspec::net
