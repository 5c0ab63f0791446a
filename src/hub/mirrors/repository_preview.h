#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hub/mirrors/provider.h"
#include "hub/mirrors/sync_plan.h"

namespace leanspec::hub::mirrors {

constexpr std::size_t preview_specs_max = 50;  // named in a preview
constexpr std::size_t preview_skipped_max = 50;

/// What a mirror of a repository would show.
struct RepositoryPreview {
  std::string provider = "github";  ///< how it is asked: as of store::Mirror
  RepositoryFacts repository;
  std::string branch;
  std::string folder;
  std::uint64_t specs = 0;
  std::uint64_t files = 0;
  std::optional<std::uint64_t> bytes = 0;  ///< nothing: the forge names no sizes
  std::uint64_t skipped = 0;
  std::vector<std::string> spec_names;     ///< the first of them
  std::vector<SkippedFile> skipped_files;  ///< the first of them
};

/// Looks at the repository as a sync would, without a file of it. `branch` "": the default one. `folder` nothing: what
/// .lean-spec/config.json says (`specsDir`), else the first of specs, .lean-spec/specs, docs/specs and doc/specs that
/// is there. Errors: the provider's; not_found (no such branch or folder, no spec in it), in words for who has typed
/// it.
[[nodiscard]] Result<RepositoryPreview> preview_repository(MirrorProvider& provider, const std::string& branch,
                                                           const std::optional<std::string>& folder);

}  // namespace leanspec::hub::mirrors
