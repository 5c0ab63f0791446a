#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/mirrors/provider.h"
#include "vocabulary/result.h"

namespace leanspec::hub::mirrors {

/// Listings of one folder may take so many requests where the forge cuts them short; beyond, the folder is too large.
constexpr std::size_t folder_requests_max = 500;
/// So many entries are looked at; more than can be synced, so that what is skipped can be named.
constexpr std::size_t folder_entries_max = 100'000;

struct FolderListing {
  std::optional<GitId> tree;       ///< of the folder; nothing: the commit has no such folder
  bool unchanged = false;          ///< `tree` is the known one; nothing was listed
  std::vector<TreeEntry> entries;  ///< files, symlinks and submodules at any depth, by paths relative to the folder
};

/// Finds the folder of a commit (one request for each step of its path) and lists it (one request, more where the forge
/// truncates). `known`: the tree that was listed last. Errors: the provider's, too_large.
[[nodiscard]] Result<FolderListing> list_folder(MirrorProvider& provider, const GitId& commit,
                                                const std::string& folder, const std::optional<GitId>& known);

}  // namespace leanspec::hub::mirrors
