#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace leanspec::text {

/// Two lower-case digits.
void append_hex(std::string& out, std::uint8_t byte);
/// Two for each of `bytes`, over what stands at `out`.
void write_hex(std::span<const std::uint8_t> bytes, char* out);
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

/// Fills `bytes` from exactly two digits each, of either case; false for anything else, and `bytes` may be half filled.
[[nodiscard]] bool read_hex(std::string_view digits, std::span<std::uint8_t> bytes);

}  // namespace leanspec::text
