#include "hub/engine/bridge_notes.h"

#include <algorithm>
#include <vector>

namespace leanspec::hub::engine {

void BridgeNotes::take(const store::Replica& replica) {
  const std::scoped_lock lock(mutex_);
  if (waiting_.insert_or_assign(replica.id, replica).second) order_.push_back(replica.id);
}

std::optional<Instant> BridgeNotes::last_seen(const ReplicaId& replica) const {
  const std::scoped_lock lock(mutex_);
  const auto found = waiting_.find(replica);
  return found == waiting_.end() ? std::nullopt : std::optional{found->second.last_seen};
}

std::size_t BridgeNotes::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size();
}

Status BridgeNotes::write(store::Store& store) {
  std::vector<store::Replica> some;
  {
    const std::scoped_lock lock(mutex_);
    const auto count = std::min(order_.size(), written_at_once_max);
    for (std::size_t i = 0; i < count; ++i) some.push_back(waiting_.at(order_[i]));
  }
  if (some.empty()) return {};
  LEANSPEC_TRY(store.write([&](store::Session& session) -> Status {
    for (const auto& replica : some) {
      LEANSPEC_TRY(session.machines().save_replica(replica));
      LEANSPEC_ASSIGN(auto machine, session.machines().find(replica.machine));
      if (!machine || machine->last_seen >= replica.last_seen) continue;
      machine->last_seen = replica.last_seen;
      LEANSPEC_TRY(session.machines().save(*machine));
    }
    return {};
  }));
  const std::scoped_lock lock(mutex_);
  for (const auto& replica : some) {
    order_.pop_front();
    const auto found = waiting_.find(replica.id);
    // What was said meanwhile waits its turn.
    if (found->second == replica)
      waiting_.erase(found);
    else
      order_.push_back(replica.id);
  }
  return {};
}

}  // namespace leanspec::hub::engine
