#pragma once

#include <string>
#include <string_view>

#include "hub/access/entropy.h"

namespace leanspec::hub::access {

/// 256 bits of chance in base64url without padding: 43 characters.
[[nodiscard]] std::string make_token(const FillRandom& fill);
constexpr std::size_t token_length = 43;

/// Equal, in a time that depends on the lengths only.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

[[nodiscard]] std::string to_base64url(std::string_view bytes);

}  // namespace leanspec::hub::access
