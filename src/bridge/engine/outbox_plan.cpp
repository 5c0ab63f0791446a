#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "bridge/engine/outbox.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

namespace {

/// How long ago the edit was made. The status change time of the file tells it also for edits made while nobody
/// watched.
EditTime edit_time(const LocalRow* row, const ReplicaConfig& config, Now now) {
  std::chrono::milliseconds age{0};
  if (row != nullptr) {
    const Instant changed{
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::nanoseconds{row->file.facts.changed_ns})};
    if (row->file.facts.changed_ns > 0 && changed < now.wall) age = now.wall - changed;
  }
  return {config.boot, now.boot - age, now.wall - age};
}

}  // namespace

const sync::Hold* Outbox::rejected(const DocumentId& document) const {
  const auto found = rejected_.find(document);
  return found == rejected_.end() ? nullptr : &found->second;
}

sync::Plan Outbox::plan_of(const DocumentId& document) const {
  const auto* row = ledger_.local(document);
  std::optional<sync::Node> local;
  if (row != nullptr) local = sync::Node{row->path, row->file.digest, row->file.facts.size, std::nullopt};
  const auto* hold = ledger_.hold(document);
  sync::Plan plan;
  sync::reconcile_document(document, local ? &*local : nullptr, ledger_.synced(document), ledger_.remote(document),
                           hold != nullptr ? hold : rejected(document), plan);
  return plan;
}

void Outbox::plan(Now now, bool online) {
  if (ledger_.problem()) return;  // nothing new while what there is cannot be made durable
  made_bytes_ = 0;
  // Offline changes are made anew once online, so only what was sent takes up room then.
  const auto& all = ledger_.state().pending;
  const auto on_their_way = static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const auto& change) { return change.second.sent || !online; }));
  const auto room = ReplicaEngine::pending_changes_max - std::min(ReplicaEngine::pending_changes_max, on_their_way);
  if (room < ledger_.touched.size() && room < ReplicaEngine::pending_changes_max / 2)
    return;  // not for every single answer
  std::vector<sync::PushOperation> moves;
  std::vector<sync::PushOperation> edits;
  bool moves_wait = false;
  for (auto at = ledger_.touched.begin(); at != ledger_.touched.end();) {
    const auto document = *at;
    const auto next = std::next(at);
    if (const auto* pending = ledger_.pending_of(document); pending != nullptr) {
      const auto* row = ledger_.local(document);
      const bool overtaken = row != nullptr ? row->path != pending->path || row->file.digest != pending->digest
                                            : pending->digest.has_value();
      if (pending->sent || (!overtaken && !online)) {
        // One change per document at a time; its answer touches the document again.
        const auto* synced = ledger_.synced(document);
        if (overtaken && row != nullptr && synced != nullptr && row->path != synced->path) moves_wait = true;
        ledger_.touched.erase(at);
        at = next;
        continue;
      }
      const auto change = *pending;
      ledger_.drop_pending(change.change);
      if (overtaken && change.digest) ledger_.release_body(*change.digest);
    }
    auto plan = plan_of(document);
    for (const auto& adopt : plan.adopt) {
      auto node = adopt.version ? std::optional{*ledger_.remote(document)} : std::nullopt;
      ledger_.set_synced(document, std::move(node));
      ledger_.set_hold(document, std::nullopt);
      rejected_.erase(document);
    }
    if (plan.push.empty()) {
      if (plan.held.empty() && plan.apply.empty()) ledger_.set_hold(document, std::nullopt);
      at = ledger_.touched.erase(ledger_.touched.find(document));
      continue;
    }
    const auto* synced = ledger_.synced(document);
    const auto& push = plan.push.front();
    if (push.digest && synced != nullptr && push.path != synced->path)
      moves.push_back(push);
    else
      edits.push_back(push);
    at = next;
  }
  if (online && !moves_wait) moves_wait = !join_claims(moves, edits);
  if (!moves_wait) make_group(moves, now, online);
  for (const auto& push : edits) {
    if (ledger_.state().pending.size() >= ReplicaEngine::pending_changes_max) break;
    if (!make_change(push, now, online, std::nullopt, 0) && made_bytes_ >= ReplicaEngine::pending_bytes_max) break;
  }
  // Before anything of it is sent, and before the bytes on disk may change (law 2).
  if (!ledger_.changes_are_durable()) ledger_.commit(now.boot);
}

/// A new file may stand where the hub still has a document that was renamed or deleted here. The two must arrive
/// together, or the hub would take the new file for the old document. False: one of them is on its way already; wait
/// for its answer.
bool Outbox::join_claims(std::vector<sync::PushOperation>& moves, std::vector<sync::PushOperation>& edits) {
  const auto claims = [&](const sync::PushOperation& push) {
    const auto* remote = ledger_.remote(push.document);
    return push.digest && (remote == nullptr || remote->path != push.path);
  };
  if (moves.empty() && std::none_of(edits.begin(), edits.end(), claims)) return true;
  std::map<std::string_view, DocumentId> occupants;
  for (const auto& [document, node] : ledger_.state().remote) occupants.emplace(node.path, document);
  // The hub may have these already, although its answer has not come.
  std::map<std::string_view, DocumentId> on_their_way;
  for (const auto& [change, pending] : ledger_.state().pending) {
    if (pending.digest) on_their_way.emplace(pending.path, pending.document);
  }
  std::set<DocumentId> planned;
  for (const auto& push : moves) planned.insert(push.document);
  for (const auto& push : edits) planned.insert(push.document);

  std::set<DocumentId> together;
  std::set<DocumentId> waiting;
  bool moves_may_go = true;
  for (const auto* pushes : {&moves, &edits}) {
    for (const auto& push : *pushes) {
      if (!claims(push)) continue;
      const auto coming = on_their_way.find(push.path);
      const bool comes = coming != on_their_way.end() && coming->second != push.document;
      const auto occupant = occupants.find(push.path);
      const bool occupied = occupant != occupants.end() && occupant->second != push.document;
      if (!comes && !occupied) continue;
      if (comes || ledger_.pending_of(occupant->second) != nullptr) {
        waiting.insert(push.document);
        if (pushes == &moves) moves_may_go = false;
      } else if (planned.contains(occupant->second)) {
        together.insert(push.document);
        together.insert(occupant->second);
      }
    }
  }
  std::erase_if(edits, [&](const sync::PushOperation& push) {
    if (waiting.contains(push.document)) return true;
    if (!together.contains(push.document)) return false;
    moves.push_back(push);
    return true;
  });
  return moves_may_go;
}

/// Renames of one plan are one group: swaps and shifts pass through states in which two documents share a path.
void Outbox::make_group(const std::vector<sync::PushOperation>& moves, Now now, bool online) {
  if (moves.empty()) return;
  std::uint64_t bytes = 0;
  for (const auto& push : moves) {
    if (push.moved_only || !push.digest) continue;
    bytes += ledger_.local(push.document)->file.facts.size;
    if (!ledger_.has_body(*push.digest) && folder_.bytes(push.path, *push.digest) == nullptr) return;  // asked for
  }
  const bool together =
      moves.size() > 1 && moves.size() <= wire::limits::group_changes_max && bytes <= wire::limits::group_bytes_max;
  if (!together) {
    for (const auto& push : moves) make_change(push, now, online, std::nullopt, 0);
    return;
  }
  const GroupId group{make_uuid_()};
  for (const auto& push : moves) make_change(push, now, online, group, static_cast<std::uint32_t>(moves.size()));
}

bool Outbox::make_change(const sync::PushOperation& push, Now now, bool online, std::optional<GroupId> group,
                         std::uint32_t group_size) {
  const auto* row = ledger_.local(push.document);
  const auto* synced = ledger_.synced(push.document);
  PendingChange change;
  if (push.digest) {
    change.size = row->file.facts.size;
    if (!push.moved_only && !ledger_.has_body(*push.digest)) {
      if (made_bytes_ > 0 && made_bytes_ + change.size > ReplicaEngine::pending_bytes_max && !group) {
        made_bytes_ = ReplicaEngine::pending_bytes_max;
        return false;
      }
      auto bytes = folder_.bytes(push.path, *push.digest);
      if (bytes == nullptr) return false;
      made_bytes_ += bytes->size();
      ledger_.keep_body(*push.digest, std::move(bytes));
    }
  }
  change.change = ChangeId{make_uuid_()};
  change.document = push.document;
  change.base = push.base;
  if (push.base && synced != nullptr) change.base_digest = synced->digest;
  change.path = push.path;
  change.digest = push.digest;
  change.moved_only = push.moved_only && push.base.has_value();
  change.group = group;
  change.group_size = group_size;
  change.edited = edit_time(row, config_, now);
  change.sent = online;
  ledger_.add_pending(std::move(change));
  ledger_.touched.erase(push.document);
  return true;
}

}  // namespace leanspec::bridge::engine
