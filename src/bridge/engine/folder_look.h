#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/engine/folder.h"

namespace leanspec::bridge::engine {

/// The path is the folder itself or in it, however deep. "" is the root.
[[nodiscard]] inline bool is_within(std::string_view path, std::string_view folder) {
  return folder.empty() || path == folder ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

/// Paths with all that is beneath them; asked in as many steps as a path is deep.
class Covered {
 public:
  void add(std::string_view path) { paths_.insert(path); }
  [[nodiscard]] bool empty() const { return paths_.empty(); }
  [[nodiscard]] bool contains(std::string_view path) const {
    if (paths_.empty()) return false;
    if (paths_.contains(path) || paths_.contains(std::string_view{})) return true;
    for (auto end = path.rfind('/'); end != std::string_view::npos && end > 0; end = path.rfind('/', end - 1)) {
      if (paths_.contains(path.substr(0, end))) return true;
    }
    return false;
  }

 private:
  std::set<std::string_view> paths_;
};

using Inode = std::pair<std::uint64_t, std::uint64_t>;

/// The files that are known, by what a moved one keeps.
struct Sources {
  std::multimap<Inode, DocumentId> by_inode;
  std::multimap<Digest, DocumentId> by_digest;
};

/// What one scan result says, sorted out. Views point into the result.
struct Folder::Look {
  bool everything = false;
  std::set<std::string_view> files;   ///< regular files that are there
  std::set<std::string_view> others;  ///< links and the like: there, and not ours
  Covered unknown;                    ///< could not be looked at, with all that is beneath
  std::deque<std::string> names;      ///< in `unknown` that the result does not have so
  bool unsettled = false;             ///< some file differs, and is not finished yet
  std::vector<std::string> asked;
  sync::DiskFiles taken;                     ///< settled files that are new or differ from their local row
  sync::KnownFiles known;                    ///< documents whose place is in question
  std::map<std::string, DocumentId> absent;  ///< documents that were looked for and are not there

  Covered asked_for;               ///< the same as `asked`
  Covered moved;                   ///< where the system saw renames from and to
  Covered arrived;                 ///< where it saw them to
  std::optional<Sources> sources;  ///< made when a new file asks for it
  std::optional<std::multimap<Inode, std::string>>
      standing;  ///< files that are there; when a missing one asks for them

  [[nodiscard]] bool was_asked(std::string_view path) const { return everything || asked_for.contains(path); }
  [[nodiscard]] bool is_unknown(std::string_view path) const { return unknown.contains(path); }
};

}  // namespace leanspec::bridge::engine
