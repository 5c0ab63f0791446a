#pragma once

#include <string>
#include <string_view>

namespace leanspec::text {

/// RFC 4648, section 4: with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// RFC 4648, section 5, without padding: what stands in addresses and cookies.
[[nodiscard]] std::string to_base64url(std::string_view bytes);

}  // namespace leanspec::text
