#include "hub/engine/held_deletions.h"

#include <map>
#include <utility>

namespace leanspec::hub::engine {

Result<std::vector<HeldDeletions>> held_deletions(store::Session& session, const ProjectId& project) {
  std::vector<HeldDeletions> found;
  LEANSPEC_ASSIGN(const auto branches, session.versions().branches(project));
  for (const auto& branch : branches) {
    LEANSPEC_ASSIGN(auto held, session.versions().held(branch.id));
    std::map<MachineId, HeldDeletions> by_machine;
    for (auto& one : held) {
      if (one.version.digest || !one.version.machine) continue;
      auto& of_machine = by_machine[*one.version.machine];
      of_machine.branch = branch;
      of_machine.machine = *one.version.machine;
      of_machine.id = GuardId{one.version.id.value()};
      of_machine.sides.push_back(std::move(one.version));
    }
    for (auto& [machine, deletions] : by_machine) found.push_back(std::move(deletions));
  }
  return found;
}

Result<HubEdit> decision_on(store::Session& session, const ProjectId& project, const store::Version& side,
                            bool approved) {
  LEANSPEC_ASSIGN(const auto head, session.versions().head(side.branch, side.document));
  HubEdit edit;
  edit.project = project;
  edit.branch = side.branch;
  edit.document = head ? head->document : side.document;
  edit.path = head ? head->path : side.path;
  edit.decides = side.id;
  if (!head) return edit;
  edit.expected = head->id;
  const bool moved_on = side.parent != head->id;
  if (!head->digest || (approved && !moved_on)) return edit;
  LEANSPEC_ASSIGN(edit.text, session.bodies().get(*head->digest));
  if (!edit.text)
    return Error(ErrorCode::corrupt, "a text of this document is missing in the hub's database", head->path);
  return edit;
}

}  // namespace leanspec::hub::engine
