#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "hub/engine/job_plan.h"
#include "store/store.h"

namespace leanspec::hub::engine {

/// What a job did to its branch, to be remembered when its transaction holds.
struct JobTrace {
  std::vector<store::Version> appended;
  std::vector<store::Version> sides;  ///< that are held now
  std::vector<std::pair<DocumentId, ReplicaId>> settled;
  Instant accepted_at;
  std::size_t unapproved_deletions = 0;
};

/// Carries out the plan of a job, member by member: versions, bodies, what is held, aliases; and words the answers.
/// Works inside the job's savepoint. Errors: the store's.
class VersionWriter {
 public:
  VersionWriter(const PushJob& job, store::Session& session, const BranchPaths& paths, const NewId& new_id,
                JobTrace& trace)
      : job_(job), session_(session), versions_(session.versions()), paths_(paths), new_id_(new_id), trace_(trace) {}

  [[nodiscard]] Result<wire::PushResult> write(const MemberPlan& member);

 private:
  [[nodiscard]] Status accept(const MemberPlan& member, const sync::Accept& plan, wire::PushResult& result);
  [[nodiscard]] Status merge(const MemberPlan& member, const sync::Merge& plan, wire::PushResult& result);
  [[nodiscard]] Status set_aside(const MemberPlan& member, const sync::SetAside& plan, wire::PushResult& result);
  [[nodiscard]] Status settle_held(const DocumentId& document);
  [[nodiscard]] store::Version pushed_version(const MemberPlan& member) const;
  [[nodiscard]] Result<store::Version> keep_aside(const MemberPlan& member, const DocumentId& document,
                                                  const std::optional<VersionId>& parent);
  [[nodiscard]] Status note_former(const MemberPlan& member, const store::Version& version);
  [[nodiscard]] Result<store::Version> merged_version(const MemberPlan& member, const sync::Merge& plan,
                                                      const store::Version& side);

  const PushJob& job_;
  store::Session& session_;
  store::VersionLog& versions_;
  const BranchPaths& paths_;
  const NewId& new_id_;
  JobTrace& trace_;
};

}  // namespace leanspec::hub::engine
