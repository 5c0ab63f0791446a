#pragma once

#include <cstddef>
#include <string_view>

#include "text/utf8.h"

namespace leanspec::spec {

/// One character of UTF-8 text and the bytes it takes. A byte that starts no valid character is the replacement
/// character of length one, so that every text can be walked and no byte is skipped.
struct Character {
  char32_t value = 0;
  std::size_t length = 1;
};

using text::replacement_character;

/// The character at `offset`, which must be less than the size of `text`.
[[nodiscard]] Character character_at(std::string_view text, std::size_t offset);

enum class CharacterClass { letter, number, space, other };

/// Unicode's general categories L* and N*, and the property White_Space: what \p{L}, \p{N} and \s mean to tokenizers.
[[nodiscard]] CharacterClass character_class(char32_t character);

/// Simple case folding plus width: 'Ａ' (fullwidth) and 'A' both become 'a'. One character in, one out.
[[nodiscard]] char32_t fold_character(char32_t character);

}  // namespace leanspec::spec
