#pragma once

#include <string_view>
#include <vector>

#include "hub/engine/hub_edit.h"
#include "store/store.h"
#include "vocabulary/guard_id.h"

namespace leanspec::hub::engine {

/// Why a deletion beyond what one machine may delete in a minute is set aside (G04).
constexpr std::string_view too_many_deletions =
    "this machine deletes more than 10 files and more than 20 % of all within a minute, and no person has approved it";

/// The deletions of one machine on one branch that nobody has decided.
struct HeldDeletions {
  GuardId id;  ///< another one with each further deletion, so that who decides names what they saw
  store::Branch branch;
  MachineId machine;
  std::vector<store::Version> sides;  ///< the oldest first
};

/// Of all branches of the project. Errors: the store's.
[[nodiscard]] Result<std::vector<HeldDeletions>> held_deletions(store::Session& session, const ProjectId& project);

/// What carries out a person's decision on one of them. Approved, the document is deleted if it is what its machine
/// knew; it stays where it has moved on since, and where the deletion is reverted, and as something new it comes back
/// to that machine. Errors: the store's.
[[nodiscard]] Result<HubEdit> decision_on(store::Session& session, const ProjectId& project, const store::Version& side,
                                          bool approved);

}  // namespace leanspec::hub::engine
