#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "hub/engine/sequencer.h"
#include "vocabulary/ids.h"

namespace leanspec::hub::api {

/// A push that waits to be committed, and whom to tell.
struct WaitingPush {
  engine::PushJob job;
  std::function<void(engine::PushDone)> on_done;
};

/// Pushes in the order in which each replica sent them; replicas take turns, one push at a time, so that whoever has one
/// waits for no more than one of each other, however many those have (sync.md H08). One thread at a time.
class PushQueue {
 public:
  void add(WaitingPush push);
  [[nodiscard]] bool empty() const { return turns_.empty(); }
  /// The next ones, at most `limit`.
  [[nodiscard]] std::vector<WaitingPush> take(std::size_t limit);

 private:
  std::map<ReplicaId, std::deque<WaitingPush>> by_replica_;  ///< none is empty
  std::deque<ReplicaId> turns_;                              ///< each of them once
};

}  // namespace leanspec::hub::api
