#include <algorithm>
#include <utility>

#include "hub/mirrors/git_pack.h"
#include "text/utf8.h"

/// Commits and trees as git keeps them.
namespace leanspec::hub::mirrors {
namespace {

Error broken(std::string why) {
  return Error(ErrorCode::corrupt, "an object of the git server cannot be read: " + std::move(why));
}

EntryKind kind_of(std::string_view mode) {
  if (mode == "40000") return EntryKind::folder;
  if (mode == "120000") return EntryKind::symlink;
  if (mode == "160000") return EntryKind::submodule;
  return EntryKind::file;
}

}  // namespace

Result<GitId> tree_of_git_commit(std::string_view commit) {
  constexpr std::string_view start = "tree ";
  const auto id = commit.starts_with(start)
                      ? parse_git_id(commit.substr(start.size(), commit.find('\n') - start.size()))
                      : std::nullopt;
  if (!id) return broken("a commit names no tree");
  return *id;
}

Result<TreeListing> entries_of_git_tree(std::string_view tree, digest::GitHash hash) {
  const std::size_t id_bytes = digest::git_id_bytes(hash);
  TreeListing listing;
  while (!tree.empty()) {
    const auto space = tree.find(' ');
    const auto end = tree.find('\0', space == std::string_view::npos ? 0 : space);
    if (space == std::string_view::npos || end == std::string_view::npos || tree.size() - end - 1 < id_bytes)
      return broken("a folder's list was cut short");
    TreeEntry& entry = listing.entries.emplace_back();
    entry.kind = kind_of(tree.substr(0, space));
    entry.path = text::to_shown_text(tree.substr(space + 1, end - space - 1));
    if (entry.path.empty() || entry.path.find('/') != std::string::npos) return broken("a name has a '/' in it");
    entry.id = git_id_of_bytes(tree.substr(end + 1, id_bytes));
    tree.remove_prefix(end + 1 + id_bytes);
  }
  return listing;
}

}  // namespace leanspec::hub::mirrors
