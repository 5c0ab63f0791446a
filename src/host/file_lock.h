#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "host/descriptor.h"
#include "vocabulary/result.h"

namespace leanspec::host {

/// An exclusive flock(2) on a file, held until destruction or the end of the process, however it ends. The file holds
/// the owner's process id and purpose, so that who comes second can name the first. The file is never removed: removing
/// a lock file while a third waits on it lets two in.
class FileLock {
 public:
  /// Error: conflict, naming the process that holds it; else what the system says. Waits up to `patience` for it: a
  /// process that was just killed lets go a moment later.
  [[nodiscard]] static Result<FileLock> acquire(const std::string& path, std::string_view purpose,
                                                std::chrono::milliseconds patience = std::chrono::milliseconds{0});

 private:
  explicit FileLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace leanspec::host
