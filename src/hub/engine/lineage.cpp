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

Result<FormerLineage> former_lineage(store::VersionLog& versions, BranchId branch, const DocumentId& document,
                                     const FormerVersion& offered) {
  LEANSPEC_ASSIGN(const auto known, versions.offered_again(branch, document, offered.epoch, offered_again_max));
  const auto made = [](const FormerVersion& former) { return time_of(former.version.value()); };
  FormerLineage lineage;
  std::optional<FormerVersion> base;
  for (const auto& [id, former] : known) {
    const bool is_same = former.version == offered.version;
    const bool is_before = !former.edited && (is_same || made(former) < made(offered));
    const bool is_after = !offered.edited && (is_same ? former.edited : made(former) > made(offered));
    if (!is_before && !is_after) continue;
    LEANSPEC_ASSIGN(auto version, versions.version(id));
    if (!version) continue;
    LEANSPEC_ASSIGN(const auto common, common_version(versions, *version));
    if (!common || common->id != id) continue;  // set aside: no head has it
    if (is_after) {
      lineage.later = std::move(version);
    } else if (!base || made(*base) < made(former)) {
      base = former;
      lineage.base = std::move(version);
    }
  }
  return lineage;
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
