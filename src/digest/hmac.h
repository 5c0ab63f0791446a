#pragma once

#include <string_view>

#include "vocabulary/digest.h"

namespace leanspec::digest {

/// HMAC-SHA256 (RFC 2104).
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// Compares without telling by its time how far they agree.
[[nodiscard]] bool equal_in_constant_time(const Digest& a, const Digest& b);

}  // namespace leanspec::digest
