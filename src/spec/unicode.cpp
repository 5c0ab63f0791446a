#include "spec/unicode.h"

#include <utf8proc.h>

#include <array>

namespace leanspec::spec {
namespace {

constexpr bool is_ascii_space(char32_t character) {
  return character == ' ' || (character >= '\t' && character <= '\r');
}

constexpr std::array<CharacterClass, 128> ascii_classes() {
  std::array<CharacterClass, 128> classes{};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto character = static_cast<char32_t>(i);
    const bool letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    const bool digit = character >= '0' && character <= '9';
    classes[i] = letter                      ? CharacterClass::letter
                 : digit                     ? CharacterClass::number
                 : is_ascii_space(character) ? CharacterClass::space
                                             : CharacterClass::other;
  }
  return classes;
}

constexpr std::array<CharacterClass, 128> ascii = ascii_classes();

bool is_wide_space(char32_t character) {
  switch (character) {
    case 0x85:
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
      return true;
    default:
      return character >= 0x2000 && character <= 0x200A;
  }
}

}  // namespace

Character character_at(std::string_view text, std::size_t offset) {
  std::size_t end = offset;
  if (const auto point = text::next_code_point(text, end)) return {*point, end - offset};
  return {replacement_character, 1};
}

CharacterClass character_class(char32_t character) {
  if (character < ascii.size()) return ascii[character];
  if (is_wide_space(character)) return CharacterClass::space;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(character))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return CharacterClass::letter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return CharacterClass::number;
    default:
      return CharacterClass::other;
  }
}

char32_t fold_character(char32_t character) {
  if (character < 0x80) return character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character;
  if (character >= 0xFF01 && character <= 0xFF5E) return fold_character(character - 0xFF01 + '!');
  if (character == 0x3000) return ' ';
  // The long s, the Kelvin and Angstrom signs and the final sigma lower-case to themselves or to what nobody types.
  if (character == 0x17F) return 's';
  if (character == 0x3C2) return 0x3C3;
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(character)));
}

}  // namespace leanspec::spec
