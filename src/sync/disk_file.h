#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "vocabulary/digest.h"

namespace leanspec::sync {

enum class FileKind { regular, directory, symlink, other };

/// What a file system said of one name; the same fields as host::FileFacts, so that the pure folders need not know
/// `host`.
struct FileFacts {
  FileKind kind = FileKind::regular;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  std::int64_t born_ns = 0;  ///< 0 where the file system has none
  std::uint32_t mode = 0;

  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

/// A regular file as it was last read. `racy`: it changed so shortly before it was read that equal facts prove nothing
/// (as in git's index); the next look must read it again.
struct DiskFile {
  Digest digest;
  FileFacts facts;
  bool racy = false;

  friend bool operator==(const DiskFile&, const DiskFile&) = default;
};

/// By path relative to the root.
using DiskFiles = std::map<std::string, DiskFile, std::less<>>;

}  // namespace leanspec::sync
