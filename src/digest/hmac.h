#pragma once

#include <string_view>

#include "vocabulary/digest.h"

namespace leanspec::digest {

/// HMAC-SHA256 (RFC 2104).
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// Equal, in a time that depends on the lengths only, so that nobody learns a secret by guessing it byte for byte.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace leanspec::digest
