#pragma once

#include <memory>
#include <string>

#include "host/files.h"

namespace leanspec::host {

/// The real disk beneath the folder `root` (an absolute path), which no call leaves (RootFolder). Asking for facts("")
/// or list("") goes by the path again: a walk begins and ends with facts(""), and if device or inode differ, the walk
/// means nothing (G01). `facts("")` answers not_found while the root is away; it is no error for it to be away here.
///
/// has_writer asks for a read lease (F_SETLEASE), which the kernel refuses while anyone has the file open for writing.
/// For files of other users and on network file systems it cannot tell; then this user's processes are looked through
/// (open_writers.h), which misses other users' and other machines'.
///
/// Error: invalid if `root` is not absolute.
[[nodiscard]] Result<std::unique_ptr<WritableFileTree>> open_file_tree(std::string root);

/// For tests: the same disk as if it could not do these things.
struct LackingDisk {
  bool one_step = false;  ///< exchange and move
  bool links = false;
  bool leases = false;
};
[[nodiscard]] Result<std::unique_ptr<WritableFileTree>> open_file_tree_without(LackingDisk lacking, std::string root);

}  // namespace leanspec::host
