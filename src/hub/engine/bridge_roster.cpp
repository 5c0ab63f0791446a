#include "hub/engine/bridge_roster.h"

#include <algorithm>
#include <utility>

namespace leanspec::hub::engine {

std::vector<BridgeRoster::Place*> BridgeRoster::places_of(const MachineId& machine) {
  std::vector<Place*> places;
  const auto [begin, end] = sessions_.equal_range(machine);
  for (auto at = begin; at != end; ++at) places.push_back(&places_.at(at->second));
  return places;
}

JoinOutcome BridgeRoster::join(const OnlineBridge& bridge) {
  {
    const std::scoped_lock lock(mutex_);
    bool cloned = false;
    const auto places = places_of(bridge.machine);
    for (auto* place : places) {
      if (place->bridge.boot_nonce == bridge.boot_nonce || place->orders.revoked) continue;
      // Only checking the credentials (`login` and `doctor` beside the running bridge) moves no state, so it clones
      // none.
      if (!bridge.replica || !place->bridge.replica) continue;
      place->orders.prove_alive = true;
      cloned = true;
    }
    if (cloned) return JoinOutcome::cloned_identity;
    for (auto* place : places) {
      if (bridge.replica && place->bridge.replica == bridge.replica && place->bridge.branch == bridge.branch)
        place->orders.superseded = true;
    }
    places_.emplace(bridge.session, Place{bridge, {}});
    sessions_.emplace(bridge.machine, bridge.session);
  }
  tell(RosterChange{bridge.machine, true});
  return JoinOutcome::joined;
}

void BridgeRoster::leave(const Uuid& session) {
  MachineId machine;
  {
    const std::scoped_lock lock(mutex_);
    const auto place = places_.find(session);
    if (place == places_.end()) return;
    machine = place->second.bridge.machine;
    places_.erase(place);
    const auto [begin, end] = sessions_.equal_range(machine);
    sessions_.erase(std::find_if(begin, end, [&](const auto& one) { return one.second == session; }));
  }
  presence_.leave(session);
  tell(RosterChange{machine, true});
}

void BridgeRoster::heard(const Uuid& session, Instant now) {
  const std::scoped_lock lock(mutex_);
  if (const auto place = places_.find(session); place != places_.end()) place->second.bridge.last_heard = now;
}

void BridgeRoster::acknowledged(const Uuid& session, Seq seq) {
  const std::scoped_lock lock(mutex_);
  if (const auto place = places_.find(session); place != places_.end()) place->second.bridge.acknowledged = seq;
}

void BridgeRoster::reported(const Uuid& session, const wire::Report& report) {
  MachineId machine;
  {
    const std::scoped_lock lock(mutex_);
    const auto place = places_.find(session);
    if (place == places_.end() || place->second.bridge.report == report) return;
    place->second.bridge.report = report;
    machine = place->second.bridge.machine;
  }
  tell(RosterChange{machine, false});
}

void BridgeRoster::guarded(const Uuid& session, const wire::GuardState& guard, Instant now) {
  MachineId machine;
  {
    const std::scoped_lock lock(mutex_);
    const auto place = places_.find(session);
    if (place == places_.end()) return;
    auto& bridge = place->second.bridge;
    // Told again, it is the answer to a decision that came too late or could not be carried out.
    bridge.asked.reset();
    bridge.guard = guard;
    bridge.guard_since = now - guard.age;
    machine = bridge.machine;
  }
  tell(RosterChange{machine, false});
}

DecideOutcome BridgeRoster::decide(const wire::GuardDecision& decision, Instant now) {
  MachineId machine;
  {
    const std::scoped_lock lock(mutex_);
    const auto place = std::find_if(places_.begin(), places_.end(), [&](const auto& one) {
      return one.second.bridge.guard.guard == decision.guard && !one.second.orders.superseded;
    });
    if (place == places_.end()) return DecideOutcome::stale;
    place->second.orders.decision = decision;
    place->second.bridge.asked = AskedDecision{decision, now};
    machine = place->second.bridge.machine;
  }
  tell(RosterChange{machine, false});
  return DecideOutcome::told;
}

BridgeOrders BridgeRoster::take_orders(const Uuid& session) {
  const std::scoped_lock lock(mutex_);
  const auto place = places_.find(session);
  if (place == places_.end()) return {};
  return std::exchange(place->second.orders, BridgeOrders{});
}

void BridgeRoster::revoke(const MachineId& machine) {
  {
    const std::scoped_lock lock(mutex_);
    for (auto* place : places_of(machine)) place->orders.revoked = true;
  }
  tell(RosterChange{machine, false});
}

void BridgeRoster::rename(const MachineId& machine, std::string_view name) {
  {
    const std::scoped_lock lock(mutex_);
    for (auto* place : places_of(machine)) {
      place->bridge.machine_name = name;
      place->orders.renamed_to = std::string(name);
    }
  }
  tell(RosterChange{machine, false});
}

std::vector<OnlineBridge> BridgeRoster::online() const {
  std::vector<OnlineBridge> all;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [session, place] : places_) all.push_back(place.bridge);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.machine < b.machine; });
  return all;
}

bool BridgeRoster::is_online(const MachineId& machine) const {
  const std::scoped_lock lock(mutex_);
  return sessions_.contains(machine);
}

bool BridgeRoster::is_connected(const MachineId& machine, const ReplicaId& replica) const {
  const std::scoped_lock lock(mutex_);
  const auto [begin, end] = sessions_.equal_range(machine);
  return std::any_of(begin, end, [&](const auto& one) { return places_.at(one.second).bridge.replica == replica; });
}

std::size_t BridgeRoster::size() const {
  const std::scoped_lock lock(mutex_);
  return places_.size();
}

Subscription BridgeRoster::subscribe(std::function<void(const RosterChange&)> listener) {
  return listeners_.subscribe(std::move(listener));
}

void BridgeRoster::tell(const RosterChange& change) {
  listeners_.publish(change);
}

}  // namespace leanspec::hub::engine
