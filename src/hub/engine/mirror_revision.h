#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "hub/engine/sequencer.h"
#include "store/store.h"

namespace leanspec::hub::engine {

/// A branch as a repository has it in one commit: the whole of it, with nobody to merge with. The bodies are stored
/// already.
struct MirrorRevision {
  struct File {
    std::string path;
    Digest digest;
    std::uint64_t size = 0;
  };
  ProjectId project;
  BranchId branch;
  std::string commit;
  std::vector<File> files;  ///< each path once; checked against the path policy
  /// Runs in the same transaction when the versions are made: what must become true together with them.
  std::function<Status(store::Session&)> also = {};
};

struct MirrorRevisionDone {
  std::uint64_t added = 0;
  std::uint64_t updated = 0;
  std::uint64_t moved = 0;
  std::uint64_t deleted = 0;
  [[nodiscard]] std::uint64_t changes() const { return added + updated + moved + deleted; }
};

/// Makes the branch what the revision says, as one group: new versions for what differs, tombstones for what is not
/// there any more, and nothing for what is the same. A file that vanished and one that appeared with the same bytes,
/// which nothing else shares, are one document that moved; a file at the place of a deleted one revives it (law 4).
/// Works inside the transaction. Error: the store's; the transaction must not be committed then.
[[nodiscard]] Result<MirrorRevisionDone> write_revision(const MirrorRevision& revision, store::Session& session,
                                                        const NewId& new_id, Instant now);

}  // namespace leanspec::hub::engine
