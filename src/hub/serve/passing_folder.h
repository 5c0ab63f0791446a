#pragma once

#include <filesystem>
#include <utility>

#include "vocabulary/result.h"

namespace leanspec::hub::serve {

/// A data folder for the time of one run: in memory where the system offers that (/dev/shm), else where temporary files
/// go. Gone with its owner.
///
/// A file in memory and not SQLite's ":memory:", which belongs to one connection alone: readers beside the writer would
/// need its shared cache, which has no WAL, so that each commit would wait for all readers and they for it.
class PassingFolder {
 public:
  /// Error: io when there is no place for it.
  [[nodiscard]] static Result<PassingFolder> make();
  PassingFolder(PassingFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PassingFolder& operator=(PassingFolder&&) = delete;
  ~PassingFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit PassingFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace leanspec::hub::serve
