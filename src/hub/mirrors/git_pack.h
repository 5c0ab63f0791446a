#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "digest/git_object.h"
#include "hub/mirrors/provider.h"
#include "vocabulary/result.h"

namespace leanspec::hub::mirrors {

enum class GitKind { commit, tree, blob, tag };

struct GitObject {
  GitKind kind = GitKind::blob;
  std::string bytes;
};

/// By their names, which were computed from the bytes: whoever finds an object here has the right one.
using GitObjects = std::map<GitId, GitObject>;

struct PackLimits {
  std::uint64_t bytes_max = std::uint64_t{256} * 1024 * 1024;  ///< of all objects, unpacked: four times a full answer
  std::size_t objects_max = 1'000'000;                         ///< a tree of the largest repositories has half as many
};

/// Unpacks a pack (gitformat-pack(5)) whose deltas have their bases in it. Pure; allocates for what is there, never for
/// what is claimed. Errors: corrupt, too_large.
[[nodiscard]] Result<GitObjects> read_git_pack(std::string_view pack, digest::GitHash hash,
                                               const PackLimits& limits = {});

/// The tree of a commit. Error: corrupt.
[[nodiscard]] Result<GitId> tree_of_git_commit(std::string_view commit);
/// The entries of a tree, without sizes. A name that is no UTF-8 comes with U+FFFD in place of the wrong bytes. Error:
/// corrupt.
[[nodiscard]] Result<TreeListing> entries_of_git_tree(std::string_view tree, digest::GitHash hash);

}  // namespace leanspec::hub::mirrors
