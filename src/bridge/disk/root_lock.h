#pragma once

#include <string>
#include <utility>

#include "host/descriptor.h"
#include "vocabulary/result.h"

namespace leanspec::bridge::disk {

/// Keeps a second bridge off the same folder (G09), whatever its state directory: a flock(2) on the folder itself, so
/// nothing is written into it. Held until destruction or the end of the process. Where the file system knows no such
/// locks, it holds nothing.
class RootLock {
 public:
  /// Errors: conflict, naming the process that has it; not_found, forbidden, io.
  [[nodiscard]] static Result<RootLock> acquire(const std::string& root);
  [[nodiscard]] bool held() const { return static_cast<bool>(folder_); }

 private:
  explicit RootLock(host::Descriptor folder) : folder_(std::move(folder)) {}
  host::Descriptor folder_;
};

}  // namespace leanspec::bridge::disk
