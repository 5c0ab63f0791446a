#include "hub/access/token_text.h"

#include <array>

#include "text/base64.h"

namespace leanspec::hub::access {

std::string make_token(const FillRandom& fill) {
  std::array<std::uint8_t, 32> bytes{};
  fill(bytes);
  return text::to_base64url(std::string(bytes.begin(), bytes.end()));
}

}  // namespace leanspec::hub::access
