#include "hub/engine/feed.h"

#include <utility>
#include <vector>

namespace leanspec::hub::engine {

Subscription Feed::subscribe(BranchId branch, Listener listener) {
  const std::scoped_lock lock(mutex_);
  return branches_[branch].subscribe(std::move(listener));
}

Subscription Feed::subscribe_all(Listener listener) {
  return everywhere_.subscribe(std::move(listener));
}

void Feed::publish(std::span<const FeedNotice> notices) {
  std::vector<std::pair<Hint, std::optional<ListenerList<Hint>>>> hints;
  {
    const std::scoped_lock lock(mutex_);
    std::map<BranchId, Hint> highest;
    for (const auto& notice : notices) {
      auto& hint = highest.try_emplace(notice.branch, Hint{notice.branch, notice.head, false}).first->second;
      hint.head = std::max(hint.head, notice.head);
      hint.sides = hint.sides || notice.sides;
    }
    for (const auto& [branch, hint] : highest) {
      auto& told = told_[branch];
      if (hint.head <= told && !hint.sides) continue;
      told = std::max(told, hint.head);
      const auto listeners = branches_.find(branch);
      hints.emplace_back(Hint{branch, told, hint.sides},
                         listeners == branches_.end() ? std::nullopt : std::optional(listeners->second));
    }
  }
  for (const auto& [hint, listeners] : hints) {
    if (listeners) listeners->publish(hint);
    everywhere_.publish(hint);
  }
}

}  // namespace leanspec::hub::engine
