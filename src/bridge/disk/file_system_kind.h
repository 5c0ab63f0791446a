#pragma once

#include <string>

namespace leanspec::bridge::disk {

/// What `doctor` and the watcher must know of the file system beneath a folder.
struct FileSystemKind {
  std::string name;           ///< "nfs", "9p", ...; "" for one of the usual local ones
  bool tells_changes = true;  ///< false: changes made elsewhere give no events here
};

/// By statfs(2). A folder that cannot be asked counts as local.
[[nodiscard]] FileSystemKind file_system_kind(const std::string& folder);

}  // namespace leanspec::bridge::disk
