#include "hub/access/token_text.h"

#include <array>

namespace leanspec::hub::access {

std::string to_base64url(std::string_view bytes) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<std::uint8_t>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      text.push_back(digits[(bits >> count) & 63U]);
    }
  }
  if (count > 0) text.push_back(digits[(bits << (6 - count)) & 63U]);
  return text;
}

std::string make_token(const FillRandom& fill) {
  std::array<std::uint8_t, 32> bytes{};
  fill(bytes);
  return to_base64url(std::string(bytes.begin(), bytes.end()));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<std::uint8_t>(a[i]) ^ static_cast<std::uint8_t>(b[i]));
  }
  return difference == 0;
}

}  // namespace leanspec::hub::access
