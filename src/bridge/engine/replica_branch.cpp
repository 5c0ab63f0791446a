// The part of ReplicaEngine::Impl that knows of other branches than its own (law 28).
#include <map>
#include <utility>

#include "bridge/engine/branch_seed.h"
#include "bridge/engine/replica_impl.h"

namespace leanspec::bridge::engine {

bool ReplicaEngine::Impl::without_disk() const {
  return config.follows_git && folder.git().judgement().mood == GitMood::elsewhere;
}

/// Somebody else had opened the branch: what the disk has was not made from what the hub has on it. Texts that still
/// stand there are looked at again; those that do not are offered without a base, for the hub to compare, but for what
/// was sent on this branch already, to a hub that has lost it since: that goes as it was, whatever stands there by now.
void ReplicaEngine::Impl::join_known_branch(Now now) {
  const auto left = ledger.state().replica.seed->of;
  auto row = ledger.state().replica;
  row.seed.reset();
  row.cursor.reset();
  row.cursor_digest = Digest{};
  ledger.set_replica(std::move(row));
  ledger.replace_remote({});
  for (const auto& [id, pending] : std::map(ledger.state().pending)) {
    const bool is_here = !without_disk() && !pending.displaced;
    auto change = pending;
    ledger.drop_pending(id);
    if (!change.digest || change.moved_only) continue;
    if (is_here && (!change.sent || folder.is_readable(change.path, *change.digest))) continue;
    if (is_here) {
      change.displaced = true;
      change.group.reset();
      change.group_size = 0;
    } else {
      change.base.reset();
      change.base_digest.reset();
    }
    ledger.add_pending(std::move(change));
  }
  const auto known = ledger.left_branch();
  // And not what was written here since, on its way until now.
  auto carried = carried_from(known ? *known : LeftBranch{ledger.state(), {}}, left);
  carried.files.reset();  // all is looked at anew
  folder.join_anew(now);
  folder.git().carry(std::move(carried));
}

/// The hub made it of what it has of the other branch since it was restored from a backup, which is not what that had
/// as it was left; or it had the branch before, from this replica, and has it from somebody else now. What is here is
/// newer, and is offered again as on any other branch (law 20).
void ReplicaEngine::Impl::begin_on_restored_hub() {
  auto row = ledger.state().replica;
  row.seed.reset();
  ledger.set_replica(std::move(row));
  ledger.replace_remote({});
}

/// The hub has it, the disk was looked at, and what had gone from it is deleted there: from now on it is a branch like
/// any other.
void ReplicaEngine::Impl::branch_is_open(Now now) {
  if (!ledger.state().replica.seed || !welcome_ || !catch_up.caught_up() || !quiet()) return;
  auto row = ledger.state().replica;
  row.seed.reset();
  ledger.set_replica(std::move(row));
  ledger.commit(now.boot);
}

/// What cannot be written down cannot be left behind either: its file would say that the hub still has to answer.
Result<LeftBranch> ReplicaEngine::Impl::left_branch(Now now) {
  if (!ledger.commit(now.boot)) return *ledger.problem();
  return ledger.left_branch();
}

void ReplicaEngine::Impl::take_disk(CarriedDisk carried, Now now) {
  if (!ledger.state().replica.is_unopened()) folder.git().carry(std::move(carried));
  set_disk(true, now);
}

void ReplicaEngine::Impl::set_disk(bool has, Now now) {
  auto row = ledger.state().replica;
  row.has_disk = has;
  // Whatever stands on the disk when it comes back did not stand there as the branch began.
  if (!has && !row.is_unopened()) row.seed.reset();
  if (row != ledger.state().replica) ledger.set_replica(std::move(row));
  ledger.commit(now.boot);
}

}  // namespace leanspec::bridge::engine
