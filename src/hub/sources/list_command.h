#pragma once

#include <string>

#include "host/files.h"

namespace leanspec::hub::sources {

/// `leanspec-hub list DIR [--json] [--status S]`
struct ListOptions {
  bool json = false;
  std::string status;  ///< one or more, separated by commas; empty: every spec
};

/// What a command prints and how it ends.
struct CommandResult {
  std::string output;  ///< for standard output
  std::string errors;  ///< for standard error
  int exit_code = 0;
};

/// Lists the specs of a project's folder: a table for people, or one JSON object for scripts. A spec whose frontmatter
/// cannot be read or lacks something is listed as well, and told with its reason and line. Exit codes: 0 all is well; 1
/// listed, but some spec is flagged or some file was skipped; 2 nothing could be listed.
[[nodiscard]] CommandResult list_specs(host::FileTree& project, const ListOptions& options);

}  // namespace leanspec::hub::sources
