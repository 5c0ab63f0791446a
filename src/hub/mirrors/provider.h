#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/mirrors/rate_budget.h"
#include "vocabulary/result.h"
#include "vocabulary/strong.h"

namespace leanspec::hub::mirrors {

/// The name of a git object: 40 or 64 lower-case hex digits.
using GitId = Strong<std::string, struct GitIdTag>;
[[nodiscard]] std::optional<GitId> parse_git_id(std::string_view text);
/// Of the name as bytes.
[[nodiscard]] GitId git_id_of_bytes(std::string_view bytes);

struct RepositoryFacts {
  std::string id;         ///< stays when the repository is renamed or moved; "" where the forge has none
  std::string full_name;  ///< as it is called now
  std::string default_branch;
  bool is_private = false;
};

struct BranchHead {
  GitId commit;
  std::string tag;  ///< for the next question: the answer is then free if nothing moved (an ETag; of this token only)
  friend bool operator==(const BranchHead&, const BranchHead&) = default;
};

enum class EntryKind { file, folder, symlink, submodule };

struct TreeEntry {
  std::string path;  ///< relative to the tree that was asked for
  EntryKind kind = EntryKind::file;
  GitId id;
  std::optional<std::uint64_t> size = {};  ///< of files, where the forge says it
  friend bool operator==(const TreeEntry&, const TreeEntry&) = default;
};

struct TreeListing {
  std::vector<TreeEntry> entries;
  bool truncated = false;  ///< the forge did not list everything
};

/// One repository at a forge. Every call is one or more requests, which count against the budget.
///
/// Why there is no question for the difference of two commits: GitHub's answer to it names no file modes (a symlink
/// looks like a file), ends at 300 files and says little after a force push. Two trees say everything, in two requests
/// more at most, and files are named by their content, so only changed ones are fetched either way.
///
/// Safe from several threads. Errors, in words for people: not_found (no such repository, branch or object, or no right
/// to see it), unauthenticated (the token is not accepted), forbidden, exhausted (a rate limit: `budget()` knows until
/// when), unavailable (the forge or the way to it), timeout, too_large, corrupt (other bytes than the name promises).
class MirrorProvider {
 public:
  virtual ~MirrorProvider() = default;
  [[nodiscard]] virtual Result<RepositoryFacts> repository() = 0;
  /// `known`: the last answer, if there was one.
  [[nodiscard]] virtual Result<BranchHead> head(const std::string& branch, const std::optional<BranchHead>& known) = 0;
  /// The tree of a commit, or a tree.
  [[nodiscard]] virtual Result<TreeListing> tree(const GitId& id, bool recursive) = 0;
  /// A file's bytes, which were checked against its name. `size_max`: more is too_large.
  [[nodiscard]] virtual Result<std::string> blob(const GitId& id, std::uint64_t size_max) = 0;

  [[nodiscard]] virtual RateBudget budget() const = 0;
  /// Requests made so far.
  [[nodiscard]] virtual std::uint64_t requests() const = 0;
  /// An answer came from another place: the repository is called otherwise by now.
  [[nodiscard]] virtual bool was_renamed() const = 0;
};

}  // namespace leanspec::hub::mirrors
