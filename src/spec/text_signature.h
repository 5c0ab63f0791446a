#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace leanspec::spec {

/// What a folded term asks of a signature: hashes of byte runs that every text with the term must have.
class SignatureProbe {
 public:
  /// So many runs decide; more cost time and reject nothing new.
  static constexpr std::size_t hashes_max = 24;

  explicit SignatureProbe(std::string_view term);
  [[nodiscard]] const std::vector<std::uint32_t>& hashes() const { return hashes_; }

 private:
  std::vector<std::uint32_t> hashes_;
};

/// A Bloom filter over all runs of one, two and three bytes of some texts, with one hash and about sixteen bits per
/// distinct run. A term whose runs are not all in it is in none of the texts: no false rejection, and most false
/// matches are gone before a text is read. The trigram idea is Russ Cox's ("Regular Expression Matching with a Trigram
/// Index", 2012); bytes instead of letters make every script, and a single Chinese character, equal.
class TextSignature {
 public:
  TextSignature() = default;
  /// For texts of `text_bytes` together; add() them all.
  explicit TextSignature(std::size_t text_bytes);

  void add(std::string_view folded);
  [[nodiscard]] bool may_contain(const SignatureProbe& probe) const;
  [[nodiscard]] std::size_t memory_bytes() const { return words_.capacity() * sizeof(std::uint64_t); }

 private:
  static constexpr std::size_t bits_min = std::size_t{1} << 12;
  static constexpr std::size_t bits_max = std::size_t{1} << 20;  // 128 KB, full at about a megabyte of text

  std::vector<std::uint64_t> words_;
  unsigned shift_ = 0;  ///< of a hash down to a bit number
};

}  // namespace leanspec::spec
