#include <algorithm>
#include <utility>

#include "hub/engine/branch_paths.h"
#include "hub/engine/hub_edit.h"
#include "hub/engine/sequencer.h"

namespace leanspec::hub::engine {

Result<HubEditDone> Sequencer::edit(const HubEdit& edit, Instant now, std::vector<FeedNotice>& notices) {
  auto done = make(edit, now, notices);
  tell_untold(notices);
  return done;
}

Result<HubEditDone> Sequencer::make(const HubEdit& edit, Instant now, std::vector<FeedNotice>& notices) {
  HubEditDone done;
  std::optional<store::Branch> branch;
  const Status status = store_.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(branch, session.versions().find_branch(edit.branch));
    if (!branch || branch->project != edit.project) {
      branch.reset();
      done = HubEditDone{HubEditOutcome::refused, std::nullopt, "the hub has no such branch any more"};
      return {};
    }
    LEANSPEC_ASSIGN(const auto project, session.projects().find(edit.project));
    if (project && store::is_mirror_source(project->source)) {
      done = HubEditDone{HubEditOutcome::refused, std::nullopt,
                         "this project mirrors a repository; change it there, and it changes here"};
      return {};
    }
    LEANSPEC_ASSIGN(const BranchPaths* paths, paths_of(session, *branch));
    LEANSPEC_ASSIGN(done, write_edit(edit, session, *paths, new_id_, limits_, std::max(now, paths->last_accepted)));
    LEANSPEC_ASSIGN(branch, session.versions().find_branch(edit.branch));
    return {};
  });
  if (!status) {
    paths_.erase(edit.branch);
    if (!is_unknown(status.error())) return status.error();
    untold_.insert(edit.branch);
    if (done.outcome == HubEditOutcome::made && !was_kept(done.head->id)) return status.error();
    return done;
  }
  if (const auto paths = paths_.find(edit.branch);
      done.outcome == HubEditOutcome::made && edit.decides && paths != paths_.end() && paths->second)
    paths->second->forget_held(*edit.decides);
  if (done.outcome == HubEditOutcome::made)
    notices.push_back(FeedNotice{branch->id, branch->head, branch->head_digest, edit.decides.has_value()});
  return done;
}

bool Sequencer::was_kept(const VersionId& version) {
  bool kept = false;
  const Status status = store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto found, session.versions().version(version));
    kept = found.has_value();
    return {};
  });
  return status && kept;
}

}  // namespace leanspec::hub::engine
