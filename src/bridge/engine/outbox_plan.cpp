#include <algorithm>
#include <utility>

#include "bridge/engine/outbox.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

namespace {

/// How long ago the edit was made. The status change time of the file tells it also for edits made while nobody
/// watched. `renamed`: a text that came after the agreed one, under another name than that; the new name changed that
/// time, and says nothing of when the text was written (law 14).
EditTime edit_time(const LocalRow* row, bool renamed, const ReplicaConfig& config, Now now) {
  std::chrono::milliseconds age{0};
  if (row != nullptr) {
    const auto& facts = row->file.facts;
    const bool written_before = renamed && facts.modified_ns > 0 && facts.modified_ns < facts.changed_ns;
    const auto changed_ns = written_before ? facts.modified_ns : facts.changed_ns;
    const Instant changed{std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::nanoseconds{changed_ns})};
    if (changed_ns > 0 && changed < now.wall) age = now.wall - changed;
  }
  return {config.boot, now.boot - age, now.wall - age};
}

}  // namespace

const sync::Hold* Outbox::rejected(const DocumentId& document) const {
  const auto found = refused_.find(document);
  return found == refused_.end() || !found->second.again ? nullptr : &found->second.hold;
}

/// What was refused is offered again when its time has come, and what waits for a place when something happened to the
/// document that has it.
void Outbox::wake(Now now) {
  while (!refused_until_.empty() && refused_until_.begin()->first <= now.boot) {
    const auto document = refused_until_.begin()->second;
    refused_until_.erase(refused_until_.begin());
    ledger_.touched.insert(document);
    if (ledger_.local(document) == nullptr && ledger_.synced(document) == nullptr)
      refused_.erase(document);
    else
      refused_.at(document).again.reset();
  }
  std::vector<DocumentId> happened;
  if (waiting_.size() < ledger_.touched.size()) {
    for (const auto& [occupant, documents] : waiting_) {
      if (ledger_.touched.contains(occupant)) happened.push_back(occupant);
    }
  } else if (!waiting_.empty()) {
    for (const auto& document : ledger_.touched) {
      if (waiting_.contains(document)) happened.push_back(document);
    }
  }
  for (const auto& occupant : happened) {
    const auto documents = waiting_.extract(occupant).mapped();
    for (const auto& document : documents) {
      waits_for_.erase(document);
      ledger_.touched.insert(document);
      const auto refusal = refused_.find(document);
      if (refusal == refused_.end() || !refusal->second.again) continue;
      refused_until_.erase({*refusal->second.again, document});
      refusal->second.again.reset();
    }
  }
}

sync::Plan Outbox::plan_of(const DocumentId& document) const {
  const auto* row = ledger_.local(document);
  std::optional<sync::Node> local;
  if (row != nullptr) local = sync::Node{row->path, row->file.digest, row->file.facts.size, std::nullopt};
  const auto* hold = ledger_.hold(document);
  sync::Plan plan;
  sync::reconcile_document(document, local ? &*local : nullptr, ledger_.synced(document), ledger_.remote(document),
                           hold != nullptr ? hold : rejected(document), plan);
  // Without a base the hub has no text that could stay as it is.
  for (auto& push : plan.push) push.moved_only = push.moved_only && push.base.has_value();
  if (!sends(config_.mode)) {
    for (const auto& push : plan.push)
      plan.held.push_back({push.document, push.path, "it differs from the hub's, and this folder only receives"});
    plan.push.clear();
  }
  return plan;
}

/// What is to be done about one document; false: it belongs to a rename that has to wait for an answer.
bool Outbox::plan_document(const DocumentId& document, bool online, Pushes& moves, Pushes& edits) {
  if (const auto* pending = ledger_.pending_of(document); pending != nullptr) {
    const auto* row = ledger_.local(document);
    const bool overtaken = row != nullptr ? row->path != pending->path || row->file.digest != pending->digest
                                          : pending->digest.has_value();
    if (pending->sent || (!overtaken && !online)) {
      // One change per document at a time; its answer touches the document again.
      const auto* synced = ledger_.synced(document);
      return !(overtaken && row != nullptr && synced != nullptr && row->path != synced->path);
    }
    const auto change = *pending;
    ledger_.drop_pending(change.change);
    if (change.approval) folder_.note_approval(document, *change.approval);
    if (overtaken && change.digest) ledger_.release_body(*change.digest);
  }
  auto plan = plan_of(document);
  for (const auto& adopt : plan.adopt) {
    auto node = adopt.version ? std::optional{*ledger_.remote(document)} : std::nullopt;
    ledger_.set_synced(document, std::move(node));
    ledger_.written_elsewhere(document);
    ledger_.set_hold(document, std::nullopt);
    forget_refusal(document);
  }
  planned_(document, !plan.apply.empty());
  if (plan.push.empty()) {
    if (plan.held.empty() && plan.apply.empty()) ledger_.set_hold(document, std::nullopt);
    return true;
  }
  (is_move(plan.push.front()) ? moves : edits).push_back(plan.push.front());
  return true;
}

void Outbox::plan(Now now, bool online) {
  wake(now);
  if (ledger_.problem()) return;  // nothing new while what there is cannot be made durable
  if (ledger_.touched.empty() && later_.empty()) return;
  made_bytes_ = 0;
  Pushes moves;
  Pushes edits;
  bool moves_wait = false;
  for (const auto& document : std::exchange(ledger_.touched, {})) {
    later_.erase(document);
    if (!plan_document(document, online, moves, edits)) moves_wait = true;
    ledger_.touched.erase(document);  // by what was just done
  }
  // What had no room so far, in turn, but not for every single answer, and not again while its bytes are on the way.
  const auto& all = ledger_.state().pending;
  const auto room = ReplicaEngine::pending_changes_max - std::min(ReplicaEngine::pending_changes_max, all.size());
  if (!folder_.is_fetching() && room >= std::min(later_.size(), ReplicaEngine::pending_changes_max / 2)) {
    while (edits.size() < room && !later_.empty()) {
      const auto document = *later_.begin();
      later_.erase(later_.begin());
      if (!plan_document(document, online, moves, edits)) moves_wait = true;
      ledger_.touched.erase(document);
    }
  }
  for (const auto& push : moves) ledger_.touched.insert(push.document);
  for (const auto& push : edits) later_.insert(push.document);
  if (moves_wait || !gather_bytes(moves, edits)) moves.clear();
  if (online) let_wait(moves, edits);
  make_groups(moves, now, online);
  for (const auto& push : edits) {
    if (ledger_.state().pending.size() >= ReplicaEngine::pending_changes_max) break;
    if (!make_change(push, now, online, std::nullopt, 0) && made_bytes_ >= ReplicaEngine::pending_bytes_max) break;
  }
  // Before anything of it is sent, and before the bytes on disk may change (law 2).
  if (!ledger_.changes_are_durable()) ledger_.commit(now.boot);
}

void Outbox::send_as_made(Now now) {
  std::vector<PendingChange> made;
  for (const auto& [change, pending] : ledger_.state().pending) {
    if (!pending.sent) made.push_back(pending);
  }
  for (auto& change : made) {
    change.sent = true;
    ledger_.add_pending(std::move(change));
  }
  if (!made.empty()) ledger_.commit(now.boot);
}

bool Outbox::make_change(const sync::PushOperation& push, Now now, bool online, std::optional<GroupId> group,
                         std::uint32_t group_size) {
  const auto* row = ledger_.local(push.document);
  const auto* synced = ledger_.synced(push.document);
  PendingChange change;
  if (push.digest) {
    // A rename may go before the text that the file has by now.
    change.size = push.moved_only && synced != nullptr ? synced->size : row->file.facts.size;
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
  const bool renamed = push.digest && !push.moved_only && synced != nullptr && synced->path != push.path;
  change.edited = edit_time(row, renamed, config_, now);
  if (!push.digest) change.approval = folder_.approval_of(push.document);
  if (push.digest && !push.moved_only) {
    edited_(push.document, change.edited.at);
    folder_.flapping().saved(push.document, push.path, *push.digest, now.boot);
  }
  change.sent = online;
  ledger_.add_pending(std::move(change));
  ledger_.touched.erase(push.document);
  later_.erase(push.document);
  return true;
}

}  // namespace leanspec::bridge::engine
