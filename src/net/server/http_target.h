#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vocabulary/result.h"

namespace leanspec::net::server {

/// Percent-decoding of one URI component (RFC 3986 section 2.1). Errors: invalid, for a broken escape, an encoded or
/// plain control character (NUL above all, which ends names early in C), or bytes that are not UTF-8.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text);

/// The parts of a request target (RFC 9112 section 3.2).
struct Target {
  std::string raw_path;  ///< as received, for the router: an encoded slash does not part a segment
  std::string path;      ///< decoded
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, '+' is a space
};

/// Takes origin form ("/a?b"), absolute form ("http://host/a") and "*". Errors: invalid, saying why; "." and ".." as
/// whole segments of the decoded path are refused, so that no handler ever sees a path that climbs.
[[nodiscard]] Result<Target> parse_target(std::string_view target);

}  // namespace leanspec::net::server
