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
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t left = text.size() - offset;
  const auto continues = [&](std::size_t i) { return i < left && (byte(i) & 0xC0) == 0x80; };
  const auto bits = [&](std::size_t i) { return static_cast<char32_t>(byte(i) & 0x3F); };
  if (lead >= 0xC2 && lead < 0xE0 && continues(1)) return {(static_cast<char32_t>(lead & 0x1F) << 6) | bits(1), 2};
  if (lead >= 0xE0 && lead < 0xF0 && continues(1) && continues(2)) {
    const char32_t value = (static_cast<char32_t>(lead & 0x0F) << 12) | (bits(1) << 6) | bits(2);
    if (value >= 0x800 && (value < 0xD800 || value > 0xDFFF)) return {value, 3};
  }
  if (lead >= 0xF0 && lead < 0xF5 && continues(1) && continues(2) && continues(3)) {
    const char32_t value = (static_cast<char32_t>(lead & 0x07) << 18) | (bits(1) << 12) | (bits(2) << 6) | bits(3);
    if (value >= 0x10000 && value <= 0x10FFFF) return {value, 4};
  }
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

std::size_t encode_character(char32_t character, char* out) {
  const auto put = [&](std::size_t i, char32_t value) {
    out[i] = static_cast<char>(static_cast<unsigned char>(value));
  };
  if (character < 0x80) {
    put(0, character);
    return 1;
  }
  if (character < 0x800) {
    put(0, 0xC0 | (character >> 6));
    put(1, 0x80 | (character & 0x3F));
    return 2;
  }
  if (character < 0x10000) {
    put(0, 0xE0 | (character >> 12));
    put(1, 0x80 | ((character >> 6) & 0x3F));
    put(2, 0x80 | (character & 0x3F));
    return 3;
  }
  put(0, 0xF0 | (character >> 18));
  put(1, 0x80 | ((character >> 12) & 0x3F));
  put(2, 0x80 | ((character >> 6) & 0x3F));
  put(3, 0x80 | (character & 0x3F));
  return 4;
}

}  // namespace leanspec::spec
