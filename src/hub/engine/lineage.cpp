#include "hub/engine/lineage.h"

#include <utility>

namespace leanspec::hub::engine {

Result<std::optional<store::Version>> common_version(store::VersionLog& versions, store::Version version) {
  for (std::size_t i = 0; i < ancestors_max; ++i) {
    if (version.kind == store::VersionKind::head) return std::optional(std::move(version));
    LEANSPEC_ASSIGN(const auto merged, versions.merge_of(version.id));
    if (merged) return std::optional(std::move(version));
    if (!version.parent) break;
    LEANSPEC_ASSIGN(auto parent, versions.version(*version.parent));
    if (!parent) break;
    version = *std::move(parent);
  }
  return std::optional<store::Version>();
}

Result<std::optional<store::Version>> last_text(store::VersionLog& versions, store::Version version) {
  for (std::size_t i = 0; !version.digest && version.parent && i < ancestors_max; ++i) {
    LEANSPEC_ASSIGN(auto parent, versions.version(*version.parent));
    if (!parent) break;
    version = *std::move(parent);
  }
  return version.digest ? std::optional(std::move(version)) : std::nullopt;
}

}  // namespace leanspec::hub::engine
