#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace leanspec::spec {

/// `text` with every character folded (unicode.h). Line breaks stay; bytes that are no UTF-8 stay as they are.
[[nodiscard]] std::string fold(std::string_view text);

/// A text folded for searching, with the way back. Most texts keep their layout, so that an offset means the same in
/// both; for the others every `checkpoint_bytes` one pair of offsets is kept. Immutable.
class FoldedText {
 public:
  static constexpr std::size_t checkpoint_bytes = 4096;

  FoldedText() = default;
  explicit FoldedText(std::string_view original);

  [[nodiscard]] std::string_view folded() const { return folded_; }
  /// Where in the original the character begins that the folded character at `offset` came from. `offset` must be the
  /// start of a folded character, or the size. `original` must be the text that this was made from.
  [[nodiscard]] std::size_t original_offset(std::string_view original, std::size_t offset) const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Checkpoint {
    std::uint32_t folded;
    std::uint32_t original;
  };

  std::string folded_;
  std::vector<Checkpoint> checkpoints_;  ///< empty: the layout is the same
};

}  // namespace leanspec::spec
