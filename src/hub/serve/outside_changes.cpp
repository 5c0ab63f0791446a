#include "hub/serve/outside_changes.h"

namespace leanspec::hub::serve {

void OutsideChanges::look() {
  const auto commits = store_.outside_commits();
  if (!commits) return;  // a store in trouble is told elsewhere; the next look finds it
  if (seen_ == *commits) return;
  const bool first = !seen_.has_value();
  seen_ = *commits;
  if (first) return;

  directory_.forget();
  std::vector<store::Machine> machines;
  const Status read = store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(machines, session.machines().list());
    return {};
  });
  if (!read) {
    seen_.reset();  // look again
    return;
  }
  const auto online = roster_.online();
  for (const store::Machine& machine : machines) {
    for (const engine::OnlineBridge& bridge : online) {
      if (bridge.machine != machine.id) continue;
      if (machine.revoked_at) roster_.revoke(machine.id);
      if (bridge.machine_name != machine.name) roster_.rename(machine.id, machine.name);
      break;
    }
  }
  rights_.raise();
}

}  // namespace leanspec::hub::serve
