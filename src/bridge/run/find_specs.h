#pragma once

#include <string>

#include "vocabulary/result.h"

namespace leanspec::bridge::run {

struct SpecsFolder {
  std::string root;          ///< absolute, links resolved
  std::string project_name;  ///< of the folder that the specs belong to: a proposal for the project's name
};

/// Finds the specs of a project as LeanSpec does: `specsDir` of .lean-spec/config.json first, then specs,
/// .lean-spec/specs, docs/specs, doc/specs. A folder of none of these that holds specs itself (NNN-name/README.md), or
/// is named `specs`, is taken as it is. Errors: not_found with where was looked, invalid (the config names a folder
/// outside the project).
[[nodiscard]] Result<SpecsFolder> find_specs(const std::string& path);

}  // namespace leanspec::bridge::run
