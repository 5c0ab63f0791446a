#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/engine/bridge_notes.h"
#include "hub/engine/listener_list.h"
#include "hub/engine/presence.h"
#include "vocabulary/ids.h"
#include "vocabulary/time.h"
#include "wire/message.h"

namespace leanspec::hub::engine {

/// What a person decided about a guard, and the bridge has been told or is about to be.
struct AskedDecision {
  wire::GuardDecision decision;
  Instant at;
};

/// One live connection of a bridge, as the machines page shows it.
struct OnlineBridge {
  Uuid session;
  MachineId machine;
  std::string machine_name;
  Uuid boot_nonce;
  std::optional<ReplicaId> replica;  ///< nothing: it only checks its credentials
  std::optional<ProjectId> project;
  std::optional<BranchId> branch;
  std::string branch_name;
  std::string client_version;
  std::string platform;
  std::string root_hint;
  Instant since;
  Instant last_heard;
  Seq acknowledged;
  wire::Report report;
  wire::GuardState guard;  ///< what its guard holds
  Instant guard_since;
  std::optional<AskedDecision> asked;  ///< about that guard
};

/// What a session has to do because of others; taken at each tick and before each write.
struct BridgeOrders {
  bool revoked = false;                         ///< the machine may no longer connect
  bool superseded = false;                      ///< the same replica has connected anew: this one is a leftover
  bool prove_alive = false;                     ///< somebody came with the same identity: answer soon or make room
  std::optional<std::string> renamed_to;        ///< the machine's new name
  std::optional<wire::GuardDecision> decision;  ///< a person's, about what its guard holds
  [[nodiscard]] bool any() const {
    return revoked || superseded || prove_alive || renamed_to.has_value() || decision.has_value();
  }
};

enum class DecideOutcome {
  told,   ///< the bridge hears of it at once
  stale,  ///< no connected bridge's guard holds that any more
};

enum class JoinOutcome {
  joined,
  cloned_identity,  ///< a live connection of this machine has another boot nonce: a copied disk, or a leftover of a
                    ///< lost network
};

/// Who came, went or changed. A hint: listeners look at the roster again.
struct RosterChange {
  MachineId machine;
  bool came_or_went = false;
};

/// Who is online. Safe from every thread; listeners are called outside the lock.
class BridgeRoster {
 public:
  /// Enters a connection. Of the same replica on the same branch, with the same boot nonce, the newer wins, and the
  /// older is told that it is superseded; pending work of another branch goes over a connection of its own (law 24). On
  /// cloned_identity nothing is entered and the live ones are told to prove that they are alive. A connection without a
  /// replica only checks credentials: it neither clones nor is cloned.
  [[nodiscard]] JoinOutcome join(const OnlineBridge& bridge);
  void leave(const Uuid& session);
  void heard(const Uuid& session, Instant now);
  void acknowledged(const Uuid& session, Seq seq);
  void reported(const Uuid& session, const wire::Report& report);

  void guarded(const Uuid& session, const wire::GuardState& guard, Instant now);
  /// A person decided what the guard of that id holds.
  [[nodiscard]] DecideOutcome decide(const wire::GuardDecision& decision, Instant now);

  /// The orders for this session, which are then considered carried out.
  [[nodiscard]] BridgeOrders take_orders(const Uuid& session);
  /// Every connection of the machine is to close; call it after the store says revoked.
  void revoke(const MachineId& machine);
  void rename(const MachineId& machine, std::string_view name);

  /// By machine, then session.
  [[nodiscard]] std::vector<OnlineBridge> online() const;
  [[nodiscard]] bool is_online(const MachineId& machine) const;
  /// Whether any connection of this folder is there.
  [[nodiscard]] bool is_connected(const MachineId& machine, const ReplicaId& replica) const;
  [[nodiscard]] std::size_t size() const;

  /// Who edits what on these connections.
  [[nodiscard]] Presence& presence() { return presence_; }
  [[nodiscard]] const Presence& presence() const { return presence_; }
  /// What they say that is to be written down at the next tick.
  [[nodiscard]] BridgeNotes& notes() { return notes_; }

  [[nodiscard]] Subscription subscribe(std::function<void(const RosterChange&)> listener);

 private:
  struct Place {
    OnlineBridge bridge;
    BridgeOrders orders;
  };
  void tell(const RosterChange& change);
  /// What is known of the machine's connections. Under the lock.
  [[nodiscard]] std::vector<Place*> places_of(const MachineId& machine);

  mutable std::mutex mutex_;
  std::map<Uuid, Place> places_;
  std::multimap<MachineId, Uuid> sessions_;  ///< of each machine, in `places_`
  ListenerList<RosterChange> listeners_;
  Presence presence_;
  BridgeNotes notes_;
};

}  // namespace leanspec::hub::engine
