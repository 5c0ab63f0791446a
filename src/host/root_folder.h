#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "host/descriptor.h"
#include "vocabulary/result.h"

namespace leanspec::host {

/// Opens what lies beneath one folder and nothing else. The kernel keeps every path inside: openat2(2) with
/// RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS, or, where the kernel has none, each component opened with O_NOFOLLOW. The
/// folder is held open, so that everything happens in one tree even if it is moved or another disk is mounted over it;
/// open_anew() goes by the path again.
class RootFolder {
 public:
  explicit RootFolder(std::string root) : root_(std::move(root)) {}

  [[nodiscard]] Status open_anew();
  /// `path` is relative, "" the root itself; no component may be a link, the last one only with O_PATH | O_NOFOLLOW.
  [[nodiscard]] Result<Descriptor> open(std::string_view path, int flags, unsigned mode = 0);

  /// A name in an open folder, for calls that take both.
  struct Place {
    Descriptor folder;
    std::string name;
  };
  [[nodiscard]] Result<Place> place(std::string_view path);
  /// As people know it.
  [[nodiscard]] std::string shown(std::string_view path) const { return path.empty() ? root_ : std::string(path); }

 private:
  [[nodiscard]] int open_resolved(const std::string& name, int flags, unsigned mode) const;
  [[nodiscard]] int open_by_component(const std::string& name, int flags, unsigned mode) const;

  std::string root_;
  Descriptor root_file_;
  bool has_openat2_ = true;
};

}  // namespace leanspec::host
