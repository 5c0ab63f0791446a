#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "hub/engine/sequencer.h"
#include "vocabulary/ids.h"

namespace leanspec::hub::api {

/// A push that waits to be committed, and whom to tell.
struct WaitingPush {
  engine::PushJob job;
  std::function<void(engine::PushDone)> on_done;
};

/// Pushes in the order in which each replica sent them; replicas take turns, one push at a time, so that whoever has
/// one push waits for no more than one of each other, however many those have (sync.md H08). One thread at a time.
///
/// Who comes while a transaction is made waits for its end. So none is filled by one replica as long as it is not
/// alone: for a while after somebody else asked for something it gets `share_max` in each. A first upload that nobody
/// else could notice takes whole transactions, of which each has one flush.
class PushQueue {
 public:
  /// At this size the flush is half of the work, and the transaction takes a few milliseconds.
  static constexpr std::size_t share_max = 8;
  static constexpr std::chrono::seconds company_lasts{10};

  void add(WaitingPush push, BootTime now);
  /// Somebody else waits for the same thread: a person who edits at the hub.
  void somebody_waits(BootTime now) { company_until_ = now + company_lasts; }
  [[nodiscard]] bool empty() const { return turns_.empty(); }
  /// The next ones, at most `limit`.
  [[nodiscard]] std::vector<WaitingPush> take(std::size_t limit, BootTime now);

 private:
  std::map<ReplicaId, std::deque<WaitingPush>> by_replica_;  ///< none is empty
  std::deque<ReplicaId> turns_;                              ///< each of them once
  std::optional<std::pair<ReplicaId, BootTime>> last_;       ///< who came last, and when
  BootTime company_until_{};
};

}  // namespace leanspec::hub::api
