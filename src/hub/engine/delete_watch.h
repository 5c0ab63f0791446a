#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

#include "vocabulary/ids.h"
#include "vocabulary/time.h"

namespace leanspec::hub::engine {

/// The hub's own guard against mass deletion (G04): counts what each machine deleted of a branch in the last minute,
/// whatever its bridge says that it has guarded. Deletions that a person approved are not counted. Of one minute, in
/// memory: a hub that begins anew lets one more minute's worth through.
class DeleteWatch {
 public:
  /// Whether so many more may go, of `live` documents that the branch still has: the bridge's own bound (sync::Guard).
  [[nodiscard]] bool allows(BranchId branch, const MachineId& machine, std::size_t more, std::size_t live,
                            Instant now) const;
  void deleted(BranchId branch, const MachineId& machine, std::size_t count, Instant now);

 private:
  using Deletions = std::deque<std::pair<Instant, std::size_t>>;  ///< how many, when
  std::map<std::pair<BranchId, MachineId>, Deletions> lately_;
};

}  // namespace leanspec::hub::engine
