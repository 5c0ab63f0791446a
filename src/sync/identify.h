#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/disk_file.h"
#include "vocabulary/ids.h"

namespace leanspec::sync {

/// Texts of at most this many bytes say nothing about identity: stubs and templates are often equal (law 5).
constexpr std::uint64_t pairing_bytes_min = 64;

/// A document and the file that was it when last seen.
struct KnownFile {
  DocumentId document;
  DiskFile file;
};
/// By path. Only the documents whose place is in question: their path was looked at, or is already known to be empty.
using KnownFiles = std::map<std::string, KnownFile, std::less<>>;

/// The system itself said that `from` was renamed to `to` (inotify's MOVED cookie), a file or a folder. In order of
/// time.
struct MoveEvidence {
  std::string from;
  std::string to;
  friend bool operator==(const MoveEvidence&, const MoveEvidence&) = default;
};

struct Rename {
  DocumentId document;
  std::string from;
  std::string to;
  friend bool operator==(const Rename&, const Rename&) = default;
};

/// A folder that changed its name with at least two documents in it; they travel as one group.
struct FolderRename {
  std::string from;
  std::string to;
  std::vector<DocumentId> documents;
  friend bool operator==(const FolderRename&, const FolderRename&) = default;
};

struct Identified {
  std::map<std::string, DocumentId, std::less<>> placed;  ///< every file that was passed in
  std::vector<Rename> renames;
  std::vector<FolderRename> folders;  ///< groups among `renames`
  std::vector<DocumentId> joined;     ///< files without history here that the hub has a document for
  std::vector<DocumentId> created;    ///< files that nobody knows
  std::vector<DocumentId> vanished;   ///< documents without a file

  friend bool operator==(const Identified&, const Identified&) = default;
};

/// The live document that the hub has at a path and that no local file is yet; nothing if there is none.
using RemoteAtPath = std::function<std::optional<DocumentId>(std::string_view)>;
using MakeDocument = std::function<DocumentId()>;

/// Which document is each of `files`? In this order (law 5), each file and each document used once:
///   1. the system saw the rename, and the target was free or its document was renamed away as well (swaps, shifts);
///   2. same path (an editor's atomic save has a new inode);
///   3. same inode, with equal birth time or equal digest (inodes of deleted files are reused at once);
///   4. same digest, unique on both sides, longer than `pairing_bytes_min`;
///   5. the document that the hub has at that path (a join; law 7);
///   6. a new document.
/// Pure: the same input and the same ids from `make` give the same answer.
[[nodiscard]] Identified identify(const KnownFiles& known, const DiskFiles& files,
                                  const std::vector<MoveEvidence>& moves, const RemoteAtPath& remote,
                                  const MakeDocument& make);

}  // namespace leanspec::sync
