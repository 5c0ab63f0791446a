#pragma once

#include <vector>

#include "hub/engine/branch_paths.h"
#include "hub/engine/delete_watch.h"
#include "hub/engine/job_plan.h"
#include "hub/engine/sequencer.h"

namespace leanspec::hub::engine {

/// What holds for the members of a job together, once each has been decided for itself: no two of them claim one
/// document or one place, nobody's place is taken (law 5), their machine does not delete too much (G04), the project
/// stays within its bounds, and all of them go through or none. Sets aside or refuses in `members` what does not.
void apply_group_rules(const PushJob& job, std::vector<MemberPlan>& members, const BranchPaths& paths,
                       const DeleteWatch& deletes, const SequencerLimits& limits, Instant accepted_at);

}  // namespace leanspec::hub::engine
