#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>

#include "hub/engine/listener_list.h"
#include "vocabulary/digest.h"
#include "vocabulary/ids.h"

namespace leanspec::hub::engine {

/// A branch after a commit. `sides` says that texts were set aside (shown as held), which moves no seq.
struct FeedNotice {
  BranchId branch;
  Seq head;
  Digest head_digest;
  bool sides = false;
  friend bool operator==(const FeedNotice&, const FeedNotice&) = default;
};

/// What listeners get: never content. A lost hint costs a moment, never data, because everybody pulls from a cursor.
struct Hint {
  BranchId branch;
  Seq head;
  bool sides = false;
  friend bool operator==(const Hint&, const Hint&) = default;
};

/// Tells listeners that a branch has moved. Coalesced: of several notices for a branch in one call only the highest is
/// told, and one that is not above what was told already is dropped (unless it speaks of sides). Safe from every
/// thread; listeners run on the publishing thread, outside the lock, and must be quick (post to their own executor).
class Feed {
 public:
  using Listener = std::function<void(const Hint&)>;

  [[nodiscard]] Subscription subscribe(BranchId branch, Listener listener);
  /// Every branch: for the metrics, the web's list of projects and the bus between hubs.
  [[nodiscard]] Subscription subscribe_all(Listener listener);
  void publish(std::span<const FeedNotice> notices);

 private:
  std::mutex mutex_;
  std::map<BranchId, ListenerList<Hint>> branches_;
  std::map<BranchId, Seq> told_;
  ListenerList<Hint> everywhere_;
};

}  // namespace leanspec::hub::engine
