#include "bridge/engine/branch_seed.h"

#include <utility>

namespace leanspec::bridge::engine {

CarriedDisk carried_from(const LeftBranch& from, const std::string& branch) {
  const ReplicaState& left = from.state;
  std::map<DocumentId, Digest> on_their_way;
  for (const auto& [change, pending] : left.pending) {
    if (pending.digest) on_their_way.emplace(pending.document, *pending.digest);
  }
  CarriedDisk disk;
  disk.files.emplace();
  for (const auto& [document, row] : left.local) {
    disk.files->insert(row.path);
    const auto synced = left.synced.find(document);
    const auto pending = on_their_way.find(document);
    const bool agreed = synced != left.synced.end() && synced->second.digest == row.file.digest;
    const bool sent = pending != on_their_way.end() && pending->second == row.file.digest;
    if (!agreed && !sent) continue;
    disk.texts.emplace(row.path, Carried{document, row.file.digest, agreed ? synced->second.version : std::nullopt,
                                         branch, agreed && from.written_elsewhere.contains(document)});
  }
  return disk;
}

Result<LeftBranch> left_branch(ReplicaState state, StateStore& store) {
  LeftBranch left{std::move(state), {}};
  for (const auto& [document, node] : left.state.synced) {
    LEANSPEC_ASSIGN(const auto ancestors, store.ancestors(document));
    if (!ancestors.empty() && ancestors.front().elsewhere) left.written_elsewhere.insert(document);
  }
  for (const auto& [document, hold] : left.state.holds) {
    if (left.state.synced.contains(document)) continue;
    LEANSPEC_ASSIGN(const auto ancestors, store.ancestors(document));
    if (!ancestors.empty() && ancestors.front().elsewhere && ancestors.front().digest == hold.digest)
      left.written_elsewhere.insert(document);
  }
  return left;
}

StateUpdate state_of_new_branch(const LeftBranch& from, const std::string& commit) {
  const ReplicaState& left = from.state;
  StateUpdate update;
  ReplicaRow row;
  row.paused = left.replica.paused;
  row.root = left.replica.root;
  if (left.replica.is_unopened()) {
    row.seed = left.replica.seed;  // both come from where it does
    row.seed->commit = commit;
  } else if (left.replica.cursor) {
    row.seed = Seed{left.replica.git_branch.value_or(""), left.replica.cursor->seq, commit, left.replica.cursor->epoch};
  }
  update.replica = row;
  if (!row.seed) return update;
  for (const auto& [document, node] : left.synced) {
    update.synced.emplace(document, node);
    update.remote.emplace(document, node);  // until it is heard what the hub has: what goes from here is a deletion
  }
  for (const auto& [document, local] : left.local) update.local.emplace(document, local);
  const auto theirs = [&update](const DocumentId& document, const std::string& path, const Digest& digest,
                                std::uint64_t size, std::optional<VersionId> version) {
    update.ancestors.emplace_back(document, Ancestor{digest, version, path, size, true, false});
  };
  for (const auto& document : from.written_elsewhere) {
    const auto node = left.synced.find(document);
    const auto local = left.local.find(document);
    if (node != left.synced.end())
      theirs(document, node->second.path, node->second.digest, node->second.size, node->second.version);
    else if (local != left.local.end())
      theirs(document, local->second.path, local->second.file.digest, local->second.file.facts.size, std::nullopt);
  }
  return update;
}

}  // namespace leanspec::bridge::engine
