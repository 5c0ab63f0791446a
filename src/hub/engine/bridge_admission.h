#pragma once

#include <optional>
#include <string>
#include <variant>

#include "hub/engine/bridge_session.h"

namespace leanspec::hub::engine {

/// A bridge that may come in, with what the hub knows about it.
struct Admission {
  std::uint32_t protocol = 1;
  store::Machine machine;
  std::optional<store::Project> project;  ///< nothing: it only checks its credentials
  std::optional<store::Branch> branch;
  std::optional<store::Replica> replica;  ///< as it is from now on
  std::optional<Instant> last_contact;    ///< of the replica, before now
  bool resume = false;
  bool may_push = false;
};

/// Branches of one project; each costs a row and, when read, a view.
constexpr std::size_t branches_per_project_max = 1'000;

/// The handshake: protocol, rights, project (found or made), machine, branch and replica, and whether the cursor is
/// still of this hub's life (law 20). What it registers is one transaction.
[[nodiscard]] std::variant<Admission, wire::Refused> admit(const wire::Hello& hello, const BridgeServices& services,
                                                           BridgeRights& rights, Instant now);

}  // namespace leanspec::hub::engine
