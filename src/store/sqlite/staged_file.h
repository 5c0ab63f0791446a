#pragma once

#include <cstdint>
#include <filesystem>

#include "host/descriptor.h"
#include "vocabulary/result.h"

namespace leanspec::store::sqlite {

/// A large file that appears under its name only when it is whole: written under another name in the same folder, for
/// its owner alone (0600), flushed, renamed, folder flushed. What a killed process left under the other name is taken
/// over by the next. Removed on destruction unless it was published.
class StagedFile {
 public:
  /// Errors: conflict (another process is writing it), forbidden, not_found (the folder), no_space, io.
  [[nodiscard]] static Result<StagedFile> make(std::filesystem::path path);
  ~StagedFile();
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// What was written so far is on the disk when it returns.
  [[nodiscard]] Status flush() const;
  /// Gives it its name. Without `replace` a file of that name is left alone: invalid.
  [[nodiscard]] Status publish(const std::filesystem::path& name, bool replace);

 private:
  StagedFile(std::filesystem::path path, host::Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  std::filesystem::path path_;  ///< empty: not ours any more
  host::Descriptor file_;       ///< holds the lock against a second writer
};

/// Refuses with no_space, in figures, if the disk of `folder` has no room for so many bytes.
[[nodiscard]] Status check_room(const std::filesystem::path& folder, std::uint64_t bytes);

/// The folder that a file is in, "." for a mere name.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& file);

/// The names in this folder are on the disk when it returns.
[[nodiscard]] Status flush_folder(const std::filesystem::path& folder);

}  // namespace leanspec::store::sqlite
