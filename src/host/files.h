#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/result.h"

namespace leanspec::host {

enum class FileKind { regular, directory, symlink, other };

/// What the file system says of one name, without following a link. Equal facts mean "not changed, as far as the disk
/// admits"; a file changed within the timestamp granularity of the scan is *racy* and must be read again (as git's index does).
struct FileFacts {
  FileKind kind = FileKind::other;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;  ///< mtime, nanoseconds since the Unix epoch
  std::int64_t changed_ns = 0;   ///< ctime
  std::int64_t born_ns = 0;      ///< birth time, 0 where the file system has none
  std::uint32_t mode = 0;        ///< permission bits

  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

struct DirectoryEntry {
  std::string name;
  FileKind kind = FileKind::other;
};

struct FileContent {
  std::string bytes;
  FileFacts facts;      ///< as of the end of the read
  bool stable = false;  ///< facts were equal before and after: `bytes` is one whole version, not a mixture
};

/// A tree of files beneath one root folder. Paths are relative, separated by '/', "" being the root; no call ever leaves the
/// root or follows a symbolic link. Errors: not_found, forbidden (EACCES), too_large, no_space, io; an error is "unknown",
/// never "absent": only not_found is absence. One owner; no thread safety promised.
class FileTree {
 public:
  virtual ~FileTree() = default;
  [[nodiscard]] virtual Result<FileFacts> facts(std::string_view path) = 0;
  /// Every name in a folder but "." and "..", in bytewise order.
  [[nodiscard]] virtual Result<std::vector<DirectoryEntry>> list(std::string_view folder) = 0;
  /// The whole file; too_large beyond `limit` bytes without reading it.
  [[nodiscard]] virtual Result<FileContent> read(std::string_view path, std::uint64_t limit) = 0;
  /// True while a process other than this one holds the file open for writing (law 12). False where the system cannot tell.
  [[nodiscard]] virtual Result<bool> has_writer(std::string_view path) = 0;
};

}  // namespace leanspec::host
