#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/e2e/scratch.h"

namespace leanspec::e2e {

/// What one commit did to one file. Paths are relative to the specs folder.
struct FileChange {
  enum class Kind { write, rename, remove };
  Kind kind = Kind::write;
  std::string path;
  std::string old_path;  ///< of a rename
  std::string text;      ///< of a write
  bool is_new = false;   ///< a write of a file that was not there before
};

struct SpecCommit {
  std::vector<FileChange> changes;
};

/// The recorded life of a real specs folder: what stood there, and the commits that followed.
struct SpecHistory {
  std::map<std::string, std::string> before;
  std::vector<SpecCommit> commits;
};

/// `count` commits of the branch `shared` of a bundle, after the first `skip` ones; fewer if it has no more. Markdown
/// only. Throws if git cannot read it.
[[nodiscard]] SpecHistory read_spec_history(const Scratch& scratch, const std::filesystem::path& bundle,
                                            std::size_t skip, std::size_t count);

}  // namespace leanspec::e2e
