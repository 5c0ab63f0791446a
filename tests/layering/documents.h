#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/layering/source_tokens.h"

namespace leanspec::layering {

/// A place in the tree that a document points at: the target of a relative link, or a path named in backticks
/// (`src/sync/reconcile.h`).
struct Mention {
  int line;
  std::string path;
  bool is_link;
};

/// Every relative link and every path in backticks that begins with a folder of this repository. Links to other sites,
/// anchors in the same document and patterns with wildcards are left out; an anchor or `:line` behind a path is cut
/// off.
[[nodiscard]] std::vector<Mention> mentions_in(std::string_view markdown);

/// The mentions that do not exist. Links are seen from the document's folder, named paths from the root.
[[nodiscard]] std::vector<Finding> check_document(const std::filesystem::path& root, const std::string& document);

}  // namespace leanspec::layering
