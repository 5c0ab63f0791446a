#include "hub/mirrors/folder_walk.h"

#include <algorithm>
#include <deque>
#include <utility>

namespace leanspec::hub::mirrors {
namespace {

/// The names of a path, the outermost first.
std::deque<std::string> names_of(const std::string& folder) {
  std::deque<std::string> names;
  std::size_t start = 0;
  while (start < folder.size()) {
    const auto slash = std::min(folder.find('/', start), folder.size());
    if (slash > start) names.push_back(folder.substr(start, slash - start));
    start = slash + 1;
  }
  return names;
}

class Walk {
 public:
  Walk(MirrorProvider& provider, FolderListing& listing) : provider_(provider), listing_(listing) {}

  /// Lists the tree, whole or, where the forge cuts that short, one folder after the other.
  Status list(const GitId& root) {
    LEANSPEC_ASSIGN(auto whole, provider_.tree(root, true));
    if (!whole.truncated) return take(whole, "");
    waiting_.push_back({"", root});
    for (std::size_t asked = 1; !waiting_.empty(); ++asked) {
      if (asked >= folder_requests_max) return too_large();
      const auto [prefix, id] = std::move(waiting_.front());
      waiting_.pop_front();
      LEANSPEC_ASSIGN(const auto level, provider_.tree(id, false));
      if (level.truncated) return too_large();
      LEANSPEC_TRY(take(level, prefix));
      for (const TreeEntry& entry : level.entries) {
        if (entry.kind == EntryKind::folder) waiting_.push_back({prefix + entry.path + "/", entry.id});
      }
    }
    return {};
  }

 private:
  struct Waiting {
    std::string prefix;
    GitId id;
  };

  Status take(const TreeListing& level, const std::string& prefix) {
    for (const TreeEntry& entry : level.entries) {
      if (entry.kind == EntryKind::folder) continue;
      if (listing_.entries.size() >= folder_entries_max) return too_large();
      TreeEntry& taken = listing_.entries.emplace_back(entry);
      taken.path = prefix + entry.path;
    }
    return {};
  }

  static Error too_large() {
    return Error(ErrorCode::too_large, "the folder is too large to be listed", "",
                 "Choose a folder that holds specs and little else.");
  }

  MirrorProvider& provider_;
  FolderListing& listing_;
  std::deque<Waiting> waiting_;
};

}  // namespace

Result<FolderListing> list_folder(MirrorProvider& provider, const GitId& commit, const std::string& folder,
                                  const std::optional<GitId>& known) {
  FolderListing listing;
  GitId at = commit;
  for (const std::string& name : names_of(folder)) {
    LEANSPEC_ASSIGN(const auto level, provider.tree(at, false));
    const auto found = std::find_if(level.entries.begin(), level.entries.end(), [&](const TreeEntry& entry) {
      return entry.kind == EntryKind::folder && entry.path == name;
    });
    if (found == level.entries.end()) {
      if (level.truncated) return Error(ErrorCode::too_large, "the folder above is too large to be listed", folder);
      return listing;
    }
    at = found->id;
  }
  listing.tree = at;
  listing.unchanged = known == at;
  if (!listing.unchanged) {
    Walk walk(provider, listing);
    LEANSPEC_TRY(walk.list(at));
  }
  return listing;
}

}  // namespace leanspec::hub::mirrors
