#include "spec/pieces.h"

#include "spec/unicode.h"

namespace leanspec::spec {
namespace {

struct Seen {
  CharacterClass what = CharacterClass::other;
  std::size_t length = 0;  ///< nought at the end of the text
};

Seen look(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return {};
  const Character character = character_at(text, offset);
  return {character_class(character.value), character.length};
}

std::size_t skip(std::string_view text, std::size_t offset, CharacterClass what) {
  for (Seen seen = look(text, offset); seen.length != 0 && seen.what == what; seen = look(text, offset))
    offset += seen.length;
  return offset;
}

bool is_newline(char c) {
  return c == '\r' || c == '\n';
}

char folded(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return '\0';
  const Character character = character_at(text, offset);
  // Of all letters outside ASCII only the long s folds to a letter of the contractions.
  if (character.value == 0x17F) return 's';
  return character.value < 0x80 ? static_cast<char>(fold_character(character.value)) : '\0';
}

/// End of 's 't 're 've 'm 'll 'd at `offset`, an apostrophe; `offset` itself when there is none.
std::size_t contraction_end(std::string_view text, std::size_t offset) {
  const std::size_t first = offset + 1;
  switch (folded(text, first)) {
    case 's':
      return first + character_at(text, first).length;
    case 't':
    case 'm':
    case 'd':
      return first + 1;
    case 'r':
    case 'v':
      return folded(text, first + 1) == 'e' ? first + 2 : offset;
    case 'l':
      return folded(text, first + 1) == 'l' ? first + 2 : offset;
    default:
      return offset;
  }
}

/// End of the piece at `offset`, where white space stands.
std::size_t space_end(std::string_view text, std::size_t offset) {
  std::size_t at = offset;
  std::size_t last = offset;           // where the last character of the run begins
  std::size_t after_newline = offset;  // behind the last line break of the run
  for (Seen seen = look(text, at); seen.length != 0 && seen.what == CharacterClass::space; seen = look(text, at)) {
    last = at;
    at += seen.length;
    if (is_newline(text[last])) after_newline = at;
  }
  if (after_newline != offset) return after_newline;
  // The last space before a word belongs to the word, unless it is the only one and cannot be taken.
  return at == text.size() || last == offset ? at : last;
}

}  // namespace

std::optional<std::string_view> Pieces::next() {
  if (at_ == text_.size()) return std::nullopt;
  const std::size_t begin = at_;
  at_ = piece_end();
  return text_.substr(begin, at_ - begin);
}

std::size_t Pieces::piece_end() const {
  const Seen first = look(text_, at_);
  if (first.what == CharacterClass::letter) return skip(text_, at_, CharacterClass::letter);
  if (text_[at_] == '\'') {
    if (const std::size_t end = contraction_end(text_, at_); end != at_) return end;
  }
  const Seen second = look(text_, at_ + first.length);
  if (first.what != CharacterClass::number && !is_newline(text_[at_]) && second.length != 0 &&
      second.what == CharacterClass::letter) {
    return skip(text_, at_ + first.length, CharacterClass::letter);
  }
  if (first.what == CharacterClass::number) {
    std::size_t end = at_;
    for (int digits = 0; digits < 3; ++digits) {
      const Seen seen = look(text_, end);
      if (seen.length == 0 || seen.what != CharacterClass::number) break;
      end += seen.length;
    }
    return end;
  }
  const bool space_then_symbol = text_[at_] == ' ' && second.length != 0 && second.what == CharacterClass::other;
  if (first.what == CharacterClass::other || space_then_symbol) {
    std::size_t end = skip(text_, at_ + first.length, CharacterClass::other);
    while (end < text_.size() && is_newline(text_[end])) ++end;
    return end;
  }
  return space_end(text_, at_);
}

}  // namespace leanspec::spec
