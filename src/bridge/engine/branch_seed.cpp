#include "bridge/engine/branch_seed.h"

namespace leanspec::bridge::engine {

CarriedTexts carried_from(const ReplicaState& left, const std::string& branch) {
  std::map<DocumentId, Digest> on_their_way;
  for (const auto& [change, pending] : left.pending) {
    if (pending.digest) on_their_way.emplace(pending.document, *pending.digest);
  }
  CarriedTexts texts;
  for (const auto& [document, row] : left.local) {
    const auto synced = left.synced.find(document);
    const auto pending = on_their_way.find(document);
    const bool agreed = synced != left.synced.end() && synced->second.digest == row.file.digest;
    const bool sent = pending != on_their_way.end() && pending->second == row.file.digest;
    if (!agreed && !sent) continue;
    texts.emplace(row.path, Carried{document, row.file.digest, agreed ? synced->second.version : std::nullopt, branch});
  }
  return texts;
}

StateUpdate state_of_new_branch(const ReplicaState& left, const std::string& commit) {
  StateUpdate update;
  ReplicaRow row;
  row.paused = left.replica.paused;
  row.root = left.replica.root;
  if (left.replica.is_unopened()) {
    row.seed = left.replica.seed;  // both come from where it does
    row.seed->commit = commit;
  } else if (left.replica.cursor) {
    row.seed = Seed{left.replica.git_branch.value_or(""), left.replica.cursor->seq, commit};
  }
  update.replica = row;
  if (!row.seed) return update;
  for (const auto& [document, node] : left.synced) update.synced.emplace(document, node);
  for (const auto& [document, local] : left.local) update.local.emplace(document, local);
  return update;
}

}  // namespace leanspec::bridge::engine
