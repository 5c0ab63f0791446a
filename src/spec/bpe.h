#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace leanspec::spec {

/// A piece longer than this is merged in parts of this size: bounds the memory of a hostile text (some 40 bytes per
/// byte of it). No language writes such a word; a count can then differ from the reference by a token or two per part.
inline constexpr std::size_t merged_bytes_max = 64 * 1024;

/// Byte pair encoding of single pieces with the ranks of cl100k_base. Merges the pair of lowest rank first, the
/// leftmost of equals, through a heap over a linked list: n log n for a piece of n bytes, whatever they are. Keeps its
/// memory between pieces; one instance per thread.
class BytePairEncoder {
 public:
  /// The number of tokens in `piece`.
  [[nodiscard]] std::size_t count(std::string_view piece);
  /// Appends the ranks of the tokens of `piece` to `ranks`.
  void encode(std::string_view piece, std::vector<std::uint32_t>& ranks);

 private:
  struct Part {
    std::uint32_t end;       ///< of its bytes; its own place in parts_ is where they begin
    std::uint32_t previous;  ///< where the part before it begins
  };
  struct Merge {
    std::uint32_t rank;
    std::uint32_t begin;
    std::uint32_t end;
  };

  void merge(std::string_view bytes);
  void offer(std::string_view bytes, std::uint32_t begin, std::uint32_t end);

  std::vector<Part> parts_;
  std::vector<Merge> heap_;
};

}  // namespace leanspec::spec
