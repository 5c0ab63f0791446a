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
/// admits"; a file changed within the timestamp granularity of the scan is *racy* and must be read again (as git's
/// index does).
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

/// A tree of files beneath one root folder. Paths are relative, separated by '/', "" being the root; no call ever
/// leaves the root or follows a symbolic link. Errors: not_found, forbidden (EACCES), too_large, no_space, io; an error
/// is "unknown", never "absent": only not_found is absence. One owner; no thread safety promised.
class FileTree {
 public:
  virtual ~FileTree() = default;
  [[nodiscard]] virtual Result<FileFacts> facts(std::string_view path) = 0;
  /// Every name in a folder but "." and "..", in bytewise order.
  [[nodiscard]] virtual Result<std::vector<DirectoryEntry>> list(std::string_view folder) = 0;
  /// The whole file; too_large beyond `limit` bytes without reading it.
  [[nodiscard]] virtual Result<FileContent> read(std::string_view path, std::uint64_t limit) = 0;
  /// True while a process other than this one holds the file open for writing (law 12). False where the system cannot
  /// tell.
  [[nodiscard]] virtual Result<bool> has_writer(std::string_view path) = 0;
  /// has_writer() was told by the file system so far, which knows, and did not have to look for itself at what this
  /// user's programs have open.
  [[nodiscard]] virtual bool knows_writers() const = 0;
  /// The names in this folder are on the disk when it returns, and survive a power cut.
  [[nodiscard]] virtual Status sync_folder(std::string_view folder) = 0;
  /// sync_folder() of each, with the answers in their order. Where the system can, all are flushed at once.
  [[nodiscard]] virtual std::vector<Status> sync_folders(const std::vector<std::string>& folders) {
    std::vector<Status> synced;
    synced.reserve(folders.size());
    for (const auto& folder : folders) synced.push_back(sync_folder(folder));
    return synced;
  }
};

/// Permission bits of a new file as any program makes it: 0666 less the umask.
constexpr std::uint32_t usual_mode = 0xFFFF'FFFF;

/// The same tree for the one who brings remote changes to it. Every call is one step that the disk does whole or not at
/// all; none replaces what it was not asked to replace. What a call did survives a power cut only after sync_folder of
/// the folders that hold the names. Further errors: already_exists (the target is taken), unsupported (this disk cannot
/// do it in one step).
class WritableFileTree : public FileTree {
 public:
  /// A new file with these bytes and permission bits, the bytes on the disk when it returns; the folder must be there.
  /// On an error nothing is left of it.
  [[nodiscard]] virtual Status create(std::string_view path, std::string_view bytes, std::uint32_t mode) = 0;
  struct NewFile {
    std::string path;
    std::string_view bytes;
    std::uint32_t mode = 0;
  };
  /// create() of each, with the answers in their order. Where the system can, all are flushed at once.
  [[nodiscard]] virtual std::vector<Status> create_all(const std::vector<NewFile>& files) {
    std::vector<Status> made;
    made.reserve(files.size());
    for (const auto& file : files) made.push_back(create(file.path, file.bytes, file.mode));
    return made;
  }
  /// Owner, group and access list of the file `like`, as far as this user may give them away.
  virtual void imitate(std::string_view like, std::string_view path) = 0;
  /// The two files change places (RENAME_EXCHANGE): nobody sees either missing.
  [[nodiscard]] virtual Status exchange(std::string_view one, std::string_view other) = 0;
  /// To a name that is free (RENAME_NOREPLACE).
  [[nodiscard]] virtual Status move(std::string_view from, std::string_view to) = 0;
  /// The same file under a second, free name (a hard link). unsupported where there are none.
  [[nodiscard]] virtual Status link(std::string_view from, std::string_view to) = 0;
  /// In place of the file `to`, if there is one: plain rename(2), which every disk can, and which does not look at what
  /// it replaces. For disks that lack the two above.
  [[nodiscard]] virtual Status put_over(std::string_view from, std::string_view to) = 0;
  [[nodiscard]] virtual Status remove_file(std::string_view path) = 0;
  /// already_exists if anything has the name; the folder above must be there.
  [[nodiscard]] virtual Status make_folder(std::string_view path) = 0;
  /// conflict unless it is empty.
  [[nodiscard]] virtual Status remove_folder(std::string_view path) = 0;
};

}  // namespace leanspec::host
