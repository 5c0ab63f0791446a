#include "spec/text_index.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "spec/byte_block.h"

namespace leanspec::spec {
namespace {

/// As git decides: a NUL in the first bytes makes a file binary.
bool is_binary(std::string_view bytes) {
  constexpr std::size_t looked_at = 8000;
  return bytes.substr(0, looked_at).find('\0') != std::string_view::npos;
}

/// Sixteen lanes count at once; none of them may pass 255 before it is added up.
std::uint32_t count_newlines(std::string_view text) {
  constexpr std::size_t blocks_max = 255;
  std::uint32_t lines = 0;
  while (text.size() >= sizeof(Bytes)) {
    const std::size_t blocks = std::min(blocks_max, text.size() / sizeof(Bytes));
    Bytes counts{};
    for (std::size_t i = 0; i < blocks; ++i) {
      counts -= std::bit_cast<Bytes>(bytes_at(text.data() + i * sizeof(Bytes)) == bytes_of('\n'));
    }
    for (std::size_t lane = 0; lane < sizeof(Bytes); ++lane) lines += counts[lane];
    text.remove_prefix(blocks * sizeof(Bytes));
  }
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  return lines;
}

}  // namespace

TextIndex::Text::Text(std::string file, std::shared_ptr<const std::string> bytes, std::size_t offset,
                      std::uint32_t first_line, std::size_t length)
    : file_(std::move(file)),
      bytes_(std::move(bytes)),
      offset_(offset),
      length_(length),
      first_line_(first_line),
      folded_(original()) {}

std::size_t TextIndex::Text::original_offset(std::size_t folded_offset) const {
  return folded_.original_offset(original(), folded_offset);
}

std::uint32_t TextIndex::Text::line_at(std::size_t folded_offset) const {
  return first_line_ + count_newlines(folded().substr(0, folded_offset));
}

const Vocabulary& TextIndex::Text::vocabulary() const {
  std::call_once(vocabulary_once_, [this] { vocabulary_ = std::make_unique<const Vocabulary>(folded()); });
  return *vocabulary_;
}

TextIndex::TextIndex(const SpecEntry& entry) : title_(fold(entry.spec->title)), path_(fold(entry.spec->id)) {
  const Spec& spec = *entry.spec;
  for (const std::string& tag : spec.tags) {
    tags_.push_back(fold(tag));
    if (!tags_text_.empty()) tags_text_ += ' ';
    tags_text_ += tags_.back();
  }
  std::size_t room = searched_spec_bytes_max;
  const auto take = [&](const std::string& file, const SourceFile& source, std::size_t offset, std::uint32_t line) {
    if (!source.bytes || offset > source.bytes->size() || is_binary(*source.bytes)) return;
    const std::size_t length = std::min({source.bytes->size() - offset, searched_file_bytes_max, room});
    if (length == 0) return;
    room -= length;
    texts_.push_back(std::make_unique<const Text>(file, source.bytes, offset, line, length));
  };
  take("", spec.source, spec.body_offset, spec.body_line);
  for (const SubSpec& sub_spec : entry.sub_specs) take(sub_spec.file, sub_spec.source, 0, 1);

  std::size_t bytes = title_.size() + path_.size() + tags_text_.size();
  for (const auto& text : texts_) bytes += text->folded().size();
  signature_ = TextSignature(bytes);
  signature_.add(title_);
  signature_.add(path_);
  signature_.add(tags_text_);
  for (const auto& text : texts_) signature_.add(text->folded());
}

}  // namespace leanspec::spec
