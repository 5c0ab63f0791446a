#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "host/clock.h"
#include "hub/engine/mirror_revision.h"
#include "hub/mirrors/blob_fetch.h"
#include "hub/mirrors/provider.h"
#include "hub/mirrors/sync_plan.h"
#include "store/store.h"

namespace leanspec::hub::mirrors {

enum class SyncPhase { asking, listing, fetching, writing };
[[nodiscard]] std::string_view to_string(SyncPhase phase);

struct SyncProgress {
  SyncPhase phase = SyncPhase::asking;
  std::uint64_t fetched = 0;
  std::uint64_t to_fetch = 0;
};

/// What a sync works with.
struct SyncSurroundings {
  store::Store& store;
  const host::Clock& clock;
  /// Makes the branch what the revision says, in one transaction (Sequencer::revise, on its own thread).
  std::function<Result<engine::MirrorRevisionDone>(engine::MirrorRevision)> revise;
  std::function<void(const SyncProgress&)> on_progress = {};
  std::function<bool()> cancelled = {};
  PlanLimits limits = {};
  FetchOptions fetch = {};
};

struct SyncDone {
  bool changed = false;  ///< the branch got versions
  std::string commit;
  engine::MirrorRevisionDone counts;
  std::uint64_t skipped = 0;
  std::uint64_t fetched = 0;  ///< files
};

/// Brings a mirror to its repository's branch: where does it stand, what is in the folder, which files are not here
/// yet, and then all at once in one transaction, deletes included, together with what the mirror remembers of it. Until
/// that transaction nothing of the project has changed. What was fetched is kept as it comes, so a sync that was cut
/// short, by a crash too, goes on where it ended. A folder that vanished or was emptied changes nothing and is an
/// error: what is there stays readable. Errors: the provider's, the store's; not_found (the mirror is gone meanwhile,
/// the folder is not in the commit), conflict (its settings changed meanwhile), cancelled.
[[nodiscard]] Result<SyncDone> sync_mirror(const store::Mirror& mirror, MirrorProvider& provider,
                                           const SyncSurroundings& surroundings);

}  // namespace leanspec::hub::mirrors
