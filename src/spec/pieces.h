#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace leanspec::spec {

/// Cuts a text into the pieces inside which cl100k_base merges bytes. Equal to the encoding's pattern
///   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
///   ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// in one pass without backtracking. The pieces cover the text without gap; bytes that are no UTF-8 count as symbols.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : text_(text) {}

  /// The next piece, or nothing at the end of the text.
  [[nodiscard]] std::optional<std::string_view> next();

 private:
  [[nodiscard]] std::size_t piece_end() const;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace leanspec::spec
