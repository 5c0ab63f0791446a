#include "spec/folded_text.h"

#include <algorithm>
#include <cassert>

#include "spec/unicode.h"

namespace leanspec::spec {
namespace {

/// Appends the folded form of the character at `offset`; returns how many bytes of `text` it took.
std::size_t fold_one(std::string_view text, std::size_t offset, std::string& out) {
  const Character character = character_at(text, offset);
  if (character.value < 0x80) {
    out += static_cast<char>(fold_character(character.value));
    return 1;
  }
  if (character.value == replacement_character) {
    out.append(text, offset, character.length);
    return character.length;
  }
  text::append_code_point(out, fold_character(character.value));
  return character.length;
}

/// Appends a run of ASCII at `offset`, folded; returns its length. Most text is that, and this is several times faster.
std::size_t fold_ascii(std::string_view text, std::size_t offset, std::size_t most, std::string& out) {
  const std::size_t end = offset + std::min(most, text.size() - offset);
  std::size_t at = offset;
  while (at < end && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  const std::size_t before = out.size();
  out.append(text, offset, at - offset);
  for (std::size_t i = before; i < out.size(); ++i) {
    if (out[i] >= 'A' && out[i] <= 'Z') out[i] = static_cast<char>(out[i] - 'A' + 'a');
  }
  return at - offset;
}

}  // namespace

std::string fold(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    at += fold_ascii(text, at, text.size(), folded);
    if (at < text.size()) at += fold_one(text, at, folded);
  }
  return folded;
}

FoldedText::FoldedText(std::string_view original) {
  folded_.reserve(original.size());
  bool same_layout = true;
  std::size_t next_checkpoint = 0;
  for (std::size_t at = 0; at < original.size();) {
    const std::size_t before = folded_.size();
    if (before >= next_checkpoint) {
      checkpoints_.push_back({static_cast<std::uint32_t>(before), static_cast<std::uint32_t>(at)});
      next_checkpoint = before + checkpoint_bytes;
    }
    at += fold_ascii(original, at, checkpoint_bytes, folded_);
    if (at == original.size()) break;
    const std::size_t start = folded_.size();
    const std::size_t taken = fold_one(original, at, folded_);
    same_layout = same_layout && folded_.size() - start == taken;
    at += taken;
  }
  if (same_layout) checkpoints_.clear();
  checkpoints_.shrink_to_fit();
  folded_.shrink_to_fit();
}

std::size_t FoldedText::original_offset(std::string_view original, std::size_t offset) const {
  assert(offset <= folded_.size());
  if (checkpoints_.empty()) return offset;
  const auto after =
      std::upper_bound(checkpoints_.begin(), checkpoints_.end(), offset,
                       [](std::size_t wanted, const Checkpoint& point) { return wanted < point.folded; });
  const Checkpoint& start = *std::prev(after);  // the first one is at nought
  std::size_t folded_at = start.folded;
  std::size_t at = start.original;
  std::string one;
  while (folded_at < offset && at < original.size()) {
    one.clear();
    at += fold_one(original, at, one);
    folded_at += one.size();
  }
  return at;
}

std::size_t FoldedText::memory_bytes() const {
  return folded_.capacity() + checkpoints_.capacity() * sizeof(Checkpoint);
}

}  // namespace leanspec::spec
