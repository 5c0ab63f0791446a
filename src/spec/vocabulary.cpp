#include "spec/vocabulary.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "spec/unicode.h"

namespace leanspec::spec {
namespace {

/// The bit of a character: each Latin letter has its own, all others share the last six.
std::uint32_t letter_bit(char32_t character) {
  if (character >= 'a' && character <= 'z') return std::uint32_t{1} << (character - 'a');
  return std::uint32_t{1} << (26 + character % 6);
}

bool in_word(char32_t character) {
  if (character == '_' || character == '-') return true;
  const CharacterClass what = character_class(character);
  return what == CharacterClass::letter || what == CharacterClass::number;
}

struct Letters {
  std::uint32_t bits = 0;
  std::size_t characters = 0;
};

Letters letters_of(std::string_view word) {
  Letters letters;
  for (std::size_t at = 0; at < word.size(); ++letters.characters) {
    const Character character = character_at(word, at);
    letters.bits |= letter_bit(character.value);
    at += character.length;
  }
  return letters;
}

/// One edit adds at most one letter that is missing on the other side. Clearing the lowest bit so often is cheaper than
/// counting bits on processors that we must assume.
bool letters_allow(std::uint32_t a, std::uint32_t b, std::size_t distance) {
  std::uint32_t only_a = a & ~b;
  std::uint32_t only_b = b & ~a;
  for (std::size_t i = 0; i < distance; ++i) {
    only_a &= only_a - 1;
    only_b &= only_b - 1;
  }
  return (only_a | only_b) == 0;
}

}  // namespace

std::optional<WordPlace> next_word(std::string_view text, std::size_t from) {
  std::size_t begin = from;
  for (; begin < text.size();) {
    const Character character = character_at(text, begin);
    if (in_word(character.value)) break;
    begin += character.length;
  }
  std::size_t end = begin;
  for (; end < text.size();) {
    const Character character = character_at(text, end);
    if (!in_word(character.value)) break;
    end += character.length;
  }
  if (begin == end) return std::nullopt;
  return WordPlace{begin, end - begin};
}

FuzzyWord::FuzzyWord(std::string_view folded, std::size_t distance) : distance_(distance) {
  for (std::size_t at = 0; at < folded.size() && characters_.size() < word_characters_max;) {
    const Character character = character_at(folded, at);
    characters_.push_back(character.value);
    letters_ |= letter_bit(character.value);
    at += character.length;
  }
}

std::optional<std::size_t> FuzzyWord::distance_to(std::string_view word) const {
  // One row of the usual table, and of it only the band around the diagonal: what is further off needs more edits than
  // are allowed.
  const std::size_t width = characters_.size();
  const std::size_t over = distance_ + 1;
  std::array<std::size_t, word_characters_max + 2> row{};
  for (std::size_t i = 0; i <= width; ++i) row[i] = std::min(i, over);
  std::size_t characters = 0;
  for (std::size_t at = 0; at < word.size();) {
    const Character character = static_cast<unsigned char>(word[at]) < 0x80
                                    ? Character{static_cast<unsigned char>(word[at]), 1}
                                    : character_at(word, at);
    at += character.length;
    if (++characters > width + distance_) return std::nullopt;
    const std::size_t first = characters > distance_ ? characters - distance_ : 1;
    const std::size_t last = std::min(width, characters + distance_);
    std::size_t diagonal = row[first - 1];
    std::size_t best = row[first - 1] = first == 1 ? std::min(characters, over) : over;
    for (std::size_t i = first; i <= last; ++i) {
      const std::size_t replaced = diagonal + (characters_[i - 1] == character.value ? 0 : 1);
      diagonal = row[i];
      row[i] = std::min({replaced, row[i] + 1, row[i - 1] + 1, over});
      best = std::min(best, row[i]);
    }
    if (best > distance_) return std::nullopt;
  }
  if (row[width] > distance_) return std::nullopt;
  return row[width];
}

Vocabulary::Vocabulary(std::string_view folded) {
  struct Word {
    Place place;
    Letters letters;
  };
  std::vector<Word> words;
  std::unordered_set<std::string_view> seen;
  seen.reserve(folded.size() / 24);
  for (auto place = next_word(folded, 0); place; place = next_word(folded, place->offset + place->bytes)) {
    const std::string_view word = folded.substr(place->offset, place->bytes);
    if (word.size() > 4 * word_characters_max || !seen.insert(word).second) continue;
    const Letters letters = letters_of(word);
    if (letters.characters > word_characters_max) continue;
    words.push_back({{static_cast<std::uint32_t>(place->offset), static_cast<std::uint32_t>(word.size())}, letters});
  }
  std::stable_sort(words.begin(), words.end(),
                   [](const Word& a, const Word& b) { return a.letters.characters < b.letters.characters; });
  letters_.reserve(words.size());
  places_.reserve(words.size());
  begin_of_length_.reserve(word_characters_max + 2);
  for (const Word& word : words) {
    while (begin_of_length_.size() <= word.letters.characters) {
      begin_of_length_.push_back(static_cast<std::uint32_t>(letters_.size()));
    }
    letters_.push_back(word.letters.bits);
    places_.push_back(word.place);
  }
  begin_of_length_.resize(word_characters_max + 2, static_cast<std::uint32_t>(letters_.size()));
}

std::optional<Vocabulary::Match> Vocabulary::nearest(const FuzzyWord& wanted, std::string_view folded) const {
  const std::size_t length = wanted.characters_.size();
  const std::size_t shortest = length > wanted.distance_ ? length - wanted.distance_ : 0;
  const std::size_t longest = std::min(length + wanted.distance_, word_characters_max);
  std::optional<Match> best;
  for (std::size_t i = begin_of_length_[shortest]; i < begin_of_length_[longest + 1]; ++i) {
    if (!letters_allow(letters_[i], wanted.letters_, wanted.distance_)) continue;
    const Place& place = places_[i];
    const auto distance = wanted.distance_to(folded.substr(place.offset, place.bytes));
    if (distance && (!best || *distance < best->distance)) best = Match{*distance, place.offset, place.bytes};
    if (best && best->distance == 0) break;
  }
  return best;
}

}  // namespace leanspec::spec
