#pragma once

#include <string>

#include "host/files.h"
#include "vocabulary/result.h"

namespace leanspec::hub::sources {

/// Where a project keeps its specs, relative to its root; "" when the root itself is the specs folder. What
/// .lean-spec/config.json says comes first (`specsDir`), then the first of specs, .lean-spec/specs, docs/specs and
/// doc/specs that exists, then the root itself. Errors: invalid (the configuration cannot be read, or leads out of the
/// project), not_found (the folder that it names is not there).
[[nodiscard]] Result<std::string> find_specs_folder(host::FileTree& project);

}  // namespace leanspec::hub::sources
