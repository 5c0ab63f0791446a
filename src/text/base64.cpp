#include "text/base64.h"

#include <cstdint>

namespace leanspec::text {
namespace {

std::string encode(std::string_view bytes, std::string_view last_digits) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  text.reserve(4 * ((bytes.size() + 2) / 3));
  const auto put = [&](std::uint32_t value) {
    text.push_back(value < digits.size() ? digits[value] : last_digits[value - digits.size()]);
  };
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<std::uint8_t>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      put((bits >> count) & 63U);
    }
  }
  if (count > 0) put((bits << (6 - count)) & 63U);
  return text;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text = encode(bytes, "+/");
  while (text.size() % 4 != 0) text.push_back('=');
  return text;
}

std::string to_base64url(std::string_view bytes) {
  return encode(bytes, "-_");
}

}  // namespace leanspec::text
