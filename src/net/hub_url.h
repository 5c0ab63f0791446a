#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace leanspec::net {

/// Where a hub is, as its URL says.
struct HubTarget {
  bool tls = true;
  std::string host;
  std::uint16_t port = 443;
  std::string path = "/";

  /// For the Host header: an IPv6 address in brackets, the port if it is not the scheme's own.
  [[nodiscard]] std::string authority() const;
};

/// "https://", "wss://" (TLS), and "http://", "ws://" (plain, refused unless the host is loopback). Error: invalid,
/// saying which part.
[[nodiscard]] Result<HubTarget> parse_hub_url(std::string_view url, std::string_view path);

/// "localhost", "::1" or four numbers of 127.0.0.0/8.
[[nodiscard]] bool is_loopback_host(std::string_view host);

}  // namespace leanspec::net
