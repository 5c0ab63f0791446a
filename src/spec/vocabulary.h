#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leanspec::spec {

/// Words longer than this many characters are no words but data, and fuzzy search passes over them.
inline constexpr std::size_t word_characters_max = 64;

/// A word to look for in vocabularies, and how far off a match may be.
class FuzzyWord {
 public:
  FuzzyWord(std::string_view folded, std::size_t distance);

  [[nodiscard]] std::size_t allowed_distance() const { return distance_; }
  /// The number of single-character edits between this and `word` if that is allowed (Levenshtein, cut off early).
  [[nodiscard]] std::optional<std::size_t> distance_to(std::string_view word) const;

 private:
  friend class Vocabulary;

  std::vector<char32_t> characters_;
  std::uint32_t letters_ = 0;
  std::size_t distance_;
};

/// The distinct words of a folded text, with what rejects most of them without looking at their letters. A word is a
/// run of letters, numbers, '_' and '-'. Immutable.
class Vocabulary {
 public:
  explicit Vocabulary(std::string_view folded);

  struct Match {
    std::size_t distance = 0;
    std::size_t offset = 0;  ///< of the word's first place in the text
    std::size_t bytes = 0;
  };
  /// The nearest allowed word, the first of equals; `folded` must be the text that this was made from.
  [[nodiscard]] std::optional<Match> nearest(const FuzzyWord& wanted, std::string_view folded) const;

 private:
  struct Place {
    std::uint32_t offset;
    std::uint32_t bytes;
  };

  // By length, then by place; letters_ and places_ are of the same word at the same index.
  std::vector<std::uint32_t> letters_;  ///< one bit per class of letters that occur
  std::vector<Place> places_;
  std::vector<std::uint32_t> begin_of_length_;  ///< of the words with so many characters
};

struct WordPlace {
  std::size_t offset = 0;
  std::size_t bytes = 0;
};

/// The next word of `text` that begins at or after `from`.
[[nodiscard]] std::optional<WordPlace> next_word(std::string_view text, std::size_t from);

}  // namespace leanspec::spec
