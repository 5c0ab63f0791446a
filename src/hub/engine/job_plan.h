#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/engine/branch_paths.h"
#include "hub/engine/push_body.h"
#include "hub/engine/sequencer.h"
#include "hub/engine/text_merge.h"
#include "sync/integrate.h"

namespace leanspec::hub::engine {

/// What is to become of one member of a job.
struct MemberPlan {
  const wire::Push* push = nullptr;
  Digest request;
  std::optional<wire::PushResult> result;  ///< decided already: an earlier answer, a refusal, a missing body
  bool recorded = false;                   ///< `result` is the answer to an earlier arrival
  sync::Integration integration;
  PushBody body;
  std::optional<store::Version> head;  ///< of the canonical document, before
  Instant effective_at;                ///< of the edit (law 14)
  std::optional<MergedText> merged;    ///< of a Merge of both texts
  /// The side version that this replica made of the same edit before: the same text and place on the same base.
  std::optional<store::Version> same_edit;
  bool needs_alias = false;
  std::string path;  ///< of the pushed version; a tombstone keeps the place where the document was
};

struct JobPlan {
  std::vector<MemberPlan> members;
  std::vector<MergeWork> unmerged;  ///< not empty: nothing is decided before these are merged
};

/// Decides a whole job from what the store says, writing nothing: earlier answers, surroundings, the hub's rule,
/// bodies, merges that came with the job, whether its machine deletes too much (G04), and then the rules of groups (all
/// members or none, paths unique at the end, law 5). `accepted_at`: hub time of the versions to be made. Error: the
/// store's.
[[nodiscard]] Result<JobPlan> plan_job(const PushJob& job, store::Session& session, const BranchPaths& paths,
                                       const DeleteWatch& deletes, const SequencerLimits& limits, Instant accepted_at);

[[nodiscard]] wire::PushResult rejected(const wire::Push& push, std::string why);

}  // namespace leanspec::hub::engine
