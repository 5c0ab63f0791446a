#include "hub/engine/delete_watch.h"

#include "sync/guard.h"

namespace leanspec::hub::engine {

bool DeleteWatch::allows(BranchId branch, const MachineId& machine, std::size_t more, std::size_t live,
                         Instant now) const {
  std::size_t lately = 0;
  if (const auto found = lately_.find({branch, machine}); found != lately_.end()) {
    for (const auto& [when, count] : found->second) {
      if (now - when < sync::Guard::window) lately += count;
    }
  }
  return lately + more <= sync::Guard::allowed(live + lately);
}

void DeleteWatch::deleted(BranchId branch, const MachineId& machine, std::size_t count, Instant now) {
  if (count == 0) return;
  for (auto machine_lately = lately_.begin(); machine_lately != lately_.end();) {
    auto& deletions = machine_lately->second;
    while (!deletions.empty() && now - deletions.front().first >= sync::Guard::window) deletions.pop_front();
    machine_lately = deletions.empty() ? lately_.erase(machine_lately) : std::next(machine_lately);
  }
  lately_[{branch, machine}].emplace_back(now, count);
}

}  // namespace leanspec::hub::engine
