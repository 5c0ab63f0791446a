#pragma once

#include <optional>
#include <string>

#include "hub/engine/branch_paths.h"
#include "hub/engine/sequencer.h"
#include "store/store.h"

namespace leanspec::hub::engine {

/// One document as a person or an agent wants it, said at the hub itself: an edit in the browser, a field over the API,
/// an old version that comes back, the decision of a conflict. Unlike a push it is never merged: who made it saw
/// `expected`, and is asked again if that is no longer the head.
struct HubEdit {
  ProjectId project;
  BranchId branch;
  std::optional<UserId> user;
  DocumentId document;
  std::optional<VersionId> expected;  ///< the head that it goes on from, a tombstone too; nothing: there is none
  std::string path;
  std::optional<std::string> text;   ///< nothing: the document is deleted
  std::optional<VersionId> decides;  ///< a held version of the document, which is in the new head from now on
};

enum class HubEditOutcome {
  made,
  unchanged,  ///< the head says so already; nothing was written
  stale,      ///< the head is another one, or somebody has decided already; nothing was written
  refused,    ///< the path, the size or another document stands in the way
};

struct HubEditDone {
  HubEditOutcome outcome = HubEditOutcome::refused;
  std::optional<store::Version> head;  ///< as it is now
  std::string why;                     ///< stale, refused: for people
};

/// Writes the edit as the document's next head. `paths`: of the branch, brought to its head. `now`: accepted time of
/// the new version. Error: the store's; the transaction must not be committed then.
[[nodiscard]] Result<HubEditDone> write_edit(const HubEdit& edit, store::Session& session, const BranchPaths& paths,
                                             const NewId& new_id, const SequencerLimits& limits, Instant now);

}  // namespace leanspec::hub::engine
