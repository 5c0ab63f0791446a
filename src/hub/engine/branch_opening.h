#pragma once

#include "hub/engine/sequencer.h"
#include "store/store.h"

namespace leanspec::hub::engine {

/// A branch that a replica wants to be on.
struct BranchWish {
  ProjectId project;
  std::string name;
  std::optional<wire::Fork> fork;  ///< nothing: of none that the replica knows
  ReplicaId replica;
};

/// Opens a branch within the caller's transaction; the first one to name it wins (law 28). Its feed begins with the
/// heads that the branch it is a fork of had at the fork point: versions of their own, whose parents are those heads,
/// so documents keep their ids and their history leads back. A fork point that lies beyond the head (a hub that was
/// restored) means the head; a fork of a branch that is not there is a fork of none.
[[nodiscard]] Result<store::Branch> open_branch(store::Session& session, const store::Project& project,
                                                const BranchWish& wish, const NewId& new_id, Instant now);

/// The branch that a name means: "" is the project's default branch. Projects begun by folders without git have a
/// branch without a name; the first bridge that names the same line names it: one whose cursor is of its feed, or of
/// git's usual main branches, or any while nothing is in it. `may_name` false: it stays without a name, and is meant.
[[nodiscard]] Result<std::optional<store::Branch>> find_branch(store::Session& session, store::Project& project,
                                                               const wire::Hello& hello, const Epoch& epoch,
                                                               bool may_name);

}  // namespace leanspec::hub::engine
