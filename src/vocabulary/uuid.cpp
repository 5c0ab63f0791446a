#include "vocabulary/uuid.h"

#include <span>

#include "text/hex.h"

namespace leanspec {
namespace {

[[nodiscard]] bool dash_before(std::size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

Uuid make_uuid7(std::chrono::milliseconds since_unix_epoch, const std::array<std::uint8_t, 10>& randomness) {
  Uuid uuid;
  const auto milliseconds = static_cast<std::uint64_t>(since_unix_epoch.count());
  for (std::size_t i = 0; i < 6; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(milliseconds >> (8 * (5 - i)));
  for (std::size_t i = 0; i < 10; ++i) uuid.bytes[6 + i] = randomness[i];
  uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | (uuid.bytes[6] & 0x0F));
  uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (uuid.bytes[8] & 0x3F));
  return uuid;
}

std::chrono::milliseconds time_of(const Uuid& uuid7) {
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | uuid7.bytes[i];
  return std::chrono::milliseconds(milliseconds);
}

std::string to_string(const Uuid& uuid) {
  std::string text(36, '-');
  const std::span bytes(uuid.bytes);
  text::write_hex(bytes.subspan(0, 4), text.data());
  text::write_hex(bytes.subspan(4, 2), text.data() + 9);
  text::write_hex(bytes.subspan(6, 2), text.data() + 14);
  text::write_hex(bytes.subspan(8, 2), text.data() + 19);
  text::write_hex(bytes.subspan(10), text.data() + 24);
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (dash_before(i) && text[at++] != '-') return std::nullopt;
    if (!text::read_hex(text.substr(at, 2), std::span(uuid.bytes).subspan(i, 1))) return std::nullopt;
    at += 2;
  }
  return uuid;
}

}  // namespace leanspec
