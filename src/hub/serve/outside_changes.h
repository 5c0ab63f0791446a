#pragma once

#include <cstdint>

#include "hub/access/principal.h"
#include "hub/api/project_directory.h"
#include "hub/engine/bridge_roster.h"
#include "store/store.h"

namespace leanspec::hub::serve {

/// Notices what commands beside the running hub have committed (a key revoked, a machine renamed) and makes it hold at once:
/// remembered rights are read again, revoked machines are sent away, renamed ones are told. One owner; looks when asked.
class OutsideChanges {
 public:
  OutsideChanges(store::Store& store, access::AccessVersion& rights, api::ProjectDirectory& directory, engine::BridgeRoster& roster)
      : store_(store), rights_(rights), directory_(directory), roster_(roster) {}

  void look();

 private:
  store::Store& store_;
  access::AccessVersion& rights_;
  api::ProjectDirectory& directory_;
  engine::BridgeRoster& roster_;
  std::optional<std::uint64_t> seen_;
};

}  // namespace leanspec::hub::serve
