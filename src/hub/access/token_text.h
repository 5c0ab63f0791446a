#pragma once

#include <string>

#include "hub/access/entropy.h"

namespace leanspec::hub::access {

/// 256 bits of chance in base64url without padding: 43 characters.
[[nodiscard]] std::string make_token(const FillRandom& fill);
constexpr std::size_t token_length = 43;

}  // namespace leanspec::hub::access
