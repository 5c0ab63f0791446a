#include "hub/api/push_queue.h"

#include <utility>

namespace leanspec::hub::api {

void PushQueue::add(WaitingPush push) {
  const ReplicaId replica = push.job.origin.replica;
  auto& own = by_replica_[replica];
  if (own.empty()) turns_.push_back(replica);
  own.push_back(std::move(push));
}

std::vector<WaitingPush> PushQueue::take(std::size_t limit) {
  std::vector<WaitingPush> taken;
  while (!turns_.empty() && taken.size() < limit) {
    const auto own = by_replica_.find(turns_.front());
    turns_.pop_front();
    taken.push_back(std::move(own->second.front()));
    own->second.pop_front();
    if (own->second.empty()) {
      by_replica_.erase(own);
    } else {
      turns_.push_back(own->first);
    }
  }
  return taken;
}

}  // namespace leanspec::hub::api
