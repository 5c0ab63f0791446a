#pragma once

#include <cstddef>
#include <optional>

#include "store/store.h"

/// What a document's versions went on from. Errors: the store's.
namespace leanspec::hub::engine {

/// Versions that one replica pushed on top of one another while none of them merged; with more, people are better.
inline constexpr std::size_t ancestors_max = 64;

/// What `version` and the heads of its document have in common: itself, or its nearest ancestor that was a head or was
/// merged into one.
[[nodiscard]] Result<std::optional<store::Version>> common_version(store::VersionLog& versions, store::Version version);

/// What a document's heads have of the texts of a former life of this hub (law 20).
struct FormerLineage {
  std::optional<store::Version> base;   ///< the latest that the text that is offered now went on from
  std::optional<store::Version> later;  ///< one that went on from that text
};
/// More machines than these, each with another text of before the restore, are for people.
inline constexpr std::size_t offered_again_max = 64;
[[nodiscard]] Result<FormerLineage> former_lineage(store::VersionLog& versions, BranchId branch,
                                                   const DocumentId& document, const FormerVersion& offered);

/// Of a deletion the text before it: what was made again at its place goes on from there (law 4).
[[nodiscard]] Result<std::optional<store::Version>> last_text(store::VersionLog& versions, store::Version version);

}  // namespace leanspec::hub::engine
