#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace leanspec::text {

inline constexpr char32_t replacement_character = 0xFFFD;

/// The code point at `at`, which must be less than the size of `text` and moves past it; nothing, and `at` stays, where
/// no well-formed UTF-8 stands (RFC 3629, section 4: no surrogates, no overlong forms).
[[nodiscard]] std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at);
void append_code_point(std::string& text, char32_t point);

/// Offset of the first byte that is not part of well-formed UTF-8; nothing when the whole text is well-formed.
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text);

/// The largest length <= `limit` that does not cut a character of well-formed `text`.
[[nodiscard]] std::size_t character_boundary(std::string_view text, std::size_t limit);

/// `text` for people's eyes: each ill-formed byte becomes U+FFFD, and so does each NUL.
[[nodiscard]] std::string to_shown_text(std::string_view text);

}  // namespace leanspec::text
