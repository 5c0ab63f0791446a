#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "store/store.h"
#include "vocabulary/ids.h"
#include "vocabulary/time.h"

namespace leanspec::hub::engine {

/// What connections say of their folders between the things that must be durable: how far each has read, what it
/// reports, when it was last heard. It is gathered here and written for many at once, since a flush of the disk for
/// each would be most of what thousands of bridges cost. A crash takes the last of it, which the bridges say again.
/// Safe from every thread; one alone writes.
class BridgeNotes {
 public:
  /// Replaces what waits of the same folder.
  void take(const store::Replica& replica);
  /// When a folder was last heard, if that waits to be written.
  [[nodiscard]] std::optional<Instant> last_seen(const ReplicaId& replica) const;
  [[nodiscard]] std::size_t waiting() const;

  /// The folders that wait for longest, and their machines, in one transaction. To be called with each tick of the
  /// hub; what fails waits on.
  Status write(store::Store& store);

  /// Some 4 ms of the writer's time, so that no push waits for long; with each tick, a thousand folders a second.
  static constexpr std::size_t written_at_once_max = 500;

 private:
  mutable std::mutex mutex_;
  std::map<ReplicaId, store::Replica> waiting_;
  std::deque<ReplicaId> order_;  ///< of `waiting_`, the first to be written first
};

}  // namespace leanspec::hub::engine
