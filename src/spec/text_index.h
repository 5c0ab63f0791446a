#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "spec/folded_text.h"
#include "spec/project_view.h"
#include "spec/text_signature.h"
#include "spec/vocabulary.h"

namespace leanspec::spec {

/// Of a longer file only the first part is searched, and of all files of one spec no more than four times as much.
inline constexpr std::size_t searched_file_bytes_max = 1024 * 1024;
inline constexpr std::size_t searched_spec_bytes_max = 4 * searched_file_bytes_max;

/// What searching needs of one spec: its texts folded, and a signature that rejects most terms at once. Made once for
/// each set of texts and shared by all views that hold them. Immutable, and safe from every thread.
class TextIndex {
 public:
  /// One searched text with the way back to its lines.
  class Text {
   public:
    Text(std::string file, std::shared_ptr<const std::string> bytes, std::size_t offset, std::uint32_t first_line,
         std::size_t length);

    [[nodiscard]] const std::string& file() const { return file_; }  ///< of the sub-spec; empty for README.md
    [[nodiscard]] std::string_view original() const { return std::string_view(*bytes_).substr(offset_, length_); }
    [[nodiscard]] std::string_view folded() const { return folded_.folded(); }
    [[nodiscard]] std::size_t original_offset(std::size_t folded_offset) const;
    /// 1-based line in the file of a place in folded().
    [[nodiscard]] std::uint32_t line_at(std::size_t folded_offset) const;
    /// Made when a fuzzy word is first looked for.
    [[nodiscard]] const Vocabulary& vocabulary() const;

   private:
    std::string file_;
    std::shared_ptr<const std::string> bytes_;
    std::size_t offset_;
    std::size_t length_;
    std::uint32_t first_line_;
    FoldedText folded_;
    mutable std::once_flag vocabulary_once_;
    mutable std::unique_ptr<const Vocabulary> vocabulary_;
  };

  explicit TextIndex(const SpecEntry& entry);

  [[nodiscard]] std::string_view title() const { return title_; }
  [[nodiscard]] std::string_view path() const { return path_; }
  [[nodiscard]] const std::vector<std::string>& tags() const { return tags_; }
  [[nodiscard]] std::string_view tags_text() const { return tags_text_; }
  /// README.md's body first, then the sub-specs that are text.
  [[nodiscard]] const std::vector<std::unique_ptr<const Text>>& texts() const { return texts_; }
  [[nodiscard]] const TextSignature& signature() const { return signature_; }

 private:
  std::string title_;
  std::string path_;
  std::vector<std::string> tags_;
  std::string tags_text_;  ///< joined by spaces
  std::vector<std::unique_ptr<const Text>> texts_;
  TextSignature signature_;
};

}  // namespace leanspec::spec
