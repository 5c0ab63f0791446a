#include "hub/api/push_queue.h"

#include <algorithm>
#include <utility>

namespace leanspec::hub::api {

void PushQueue::add(WaitingPush push, BootTime now) {
  const ReplicaId replica = push.job.origin.replica;
  if (last_ && last_->first != replica && now - last_->second < company_lasts) somebody_waits(now);
  last_ = {replica, now};
  auto& own = by_replica_[replica];
  if (own.empty()) turns_.push_back(replica);
  own.push_back(std::move(push));
}

std::vector<WaitingPush> PushQueue::take(std::size_t limit, BootTime now) {
  const std::size_t share = now < company_until_ ? std::min(limit, share_max) : limit;
  std::vector<WaitingPush> taken;
  std::map<ReplicaId, std::size_t> shares;
  std::deque<ReplicaId> later;  // had their share of this transaction
  while (!turns_.empty() && taken.size() < limit) {
    const auto own = by_replica_.find(turns_.front());
    turns_.pop_front();
    taken.push_back(std::move(own->second.front()));
    own->second.pop_front();
    if (own->second.empty()) {
      by_replica_.erase(own);
    } else {
      auto& next = ++shares[own->first] < share ? turns_ : later;
      next.push_back(own->first);
    }
  }
  turns_.insert(turns_.end(), later.begin(), later.end());
  return taken;
}

}  // namespace leanspec::hub::api
