#include <algorithm>
#include <chrono>
#include <utility>

#include "bridge/engine/outbox.h"

namespace leanspec::bridge::engine {

void Outbox::answered(const wire::PushResult& result, Now now) {
  const auto found = ledger_.state().pending.find(result.change);
  if (found == ledger_.state().pending.end()) return;  // answered before, by the feed
  const PendingChange change = found->second;
  if (change.group)
    answered_in_group(change, result, now);
  else
    answered_alone(change, result, now);
}

std::string Outbox::why_later(const ChangeId& change) const {
  const auto found = why_later_.find(change);
  return found == why_later_.end() ? std::string() : found->second;
}

/// Members of a group are answered for good together: as long as one of them has to be sent again, all of them have.
void Outbox::answered_in_group(const PendingChange& change, const wire::PushResult& result, Now now) {
  auto& answers = group_answers_[*change.group];
  answers.insert_or_assign(change.change, result);
  if (result.outcome == wire::PushOutcome::need_body) whole_only_.insert(change.change);
  std::vector<PendingChange> members;
  for (const auto& [id, pending] : ledger_.state().pending) {
    if (pending.group == change.group) members.push_back(pending);
  }
  if (answers.size() < members.size()) return;
  const auto results = std::move(answers);
  group_answers_.erase(*change.group);
  std::optional<std::chrono::milliseconds> again;
  for (const auto& [id, answer] : results) {
    if (answer.outcome == wire::PushOutcome::need_body)
      again = std::max(again.value_or(answer.retry_after), answer.retry_after);
    if (answer.outcome == wire::PushOutcome::retry) {
      again =
          std::max(again.value_or(answer.retry_after), std::max(answer.retry_after, std::chrono::milliseconds{100}));
    }
  }
  for (const auto& member : members) {
    if (again) {
      forget_flight(member.change);
      retry_at_[member.change] = now.boot + *again;
      why_later_[member.change] = results.at(member.change).why;
    } else {
      answered_alone(member, results.at(member.change), now);
    }
  }
}

void Outbox::answered_alone(const PendingChange& change, const wire::PushResult& result, Now now) {
  forget_flight(change.change);
  switch (result.outcome) {
    case wire::PushOutcome::retry: {
      const auto pause = result.retry_after.count() > 0 ? result.retry_after : std::chrono::milliseconds{1000};
      retry_at_[change.change] = now.boot + pause;
      why_later_[change.change] = result.why;
      return;
    }
    case wire::PushOutcome::need_body:
      whole_only_.insert(change.change);
      retry_at_[change.change] = now.boot;
      return;
    case wire::PushOutcome::accepted:
    case wire::PushOutcome::unchanged:
    case wire::PushOutcome::known:
    case wire::PushOutcome::held:
    case wire::PushOutcome::rejected:
      settled(change, result);
      return;
  }
}

/// A final answer: what it says goes into the trees in the same transaction that removes the change.
void Outbox::settled(const PendingChange& change, const wire::PushResult& result) {
  retry_at_.erase(change.change);
  why_later_.erase(change.change);
  whole_only_.erase(change.change);
  ledger_.drop_pending(change.change);
  const auto canonical = result.document.value().is_nil() ? change.document : result.document;
  const bool not_kept = result.outcome == wire::PushOutcome::rejected;
  if (not_kept) {
    rejected_.insert_or_assign(change.document, sync::Hold{change.digest, change.path, result.why});
    return;
  }
  if (canonical != change.document && !take_canonical(change, canonical)) {
    // Tried again on the next connection: by then that one may have left the path.
    rejected_.insert_or_assign(
        change.document,
        sync::Hold{change.digest, change.path, "the hub knows this file as another one that was renamed here"});
    return;
  }
  switch (result.outcome) {
    case wire::PushOutcome::accepted:
    case wire::PushOutcome::unchanged:
      agreed(change, canonical, result.head_version, result);
      return;
    case wire::PushOutcome::known:
      if (result.known_version && change.digest) {
        ledger_.set_synced(canonical, sync::Node{change.path, *change.digest, change.size, result.known_version});
        ledger_.set_hold(canonical, std::nullopt);
        return;
      }
      [[fallthrough]];
    case wire::PushOutcome::held:
      ledger_.set_hold(canonical, sync::Hold{change.digest, change.path, result.why});
      return;
    case wire::PushOutcome::rejected:
    case wire::PushOutcome::retry:
    case wire::PushOutcome::need_body:
      return;
  }
}

/// Disk and hub have the pushed state, as `version`.
void Outbox::agreed(const PendingChange& change, const DocumentId& document, const std::optional<VersionId>& version,
                    const wire::PushResult& result) {
  std::optional<sync::Node> node;
  if (change.digest) node = sync::Node{change.path, *change.digest, change.size, version};
  ledger_.set_synced(document, node);
  ledger_.set_hold(document, std::nullopt);
  // An answer to something sent again may be older than what the feed has said since.
  const auto& cursor = ledger_.state().replica.cursor;
  if (result.seq != Seq{} && cursor && cursor->seq >= result.seq) return;
  ledger_.set_remote(document, node);
  // And the feed that is still to be read may hold older states of the document.
  if (result.seq != Seq{}) catch_up_.pushed(document, result.seq);
}

/// The hub has this path as another document (law 4): the file is that one from now on. False: that document is another
/// file here.
bool Outbox::take_canonical(const PendingChange& change, const DocumentId& canonical) {
  if (ledger_.local(canonical) != nullptr || ledger_.pending_of(canonical) != nullptr) return false;
  if (const auto* row = ledger_.local(change.document)) {
    auto moved = *row;
    ledger_.set_local(change.document, std::nullopt);
    ledger_.set_local(canonical, std::move(moved));
  }
  if (ledger_.synced(change.document) != nullptr) ledger_.set_synced(change.document, std::nullopt);
  ledger_.set_hold(change.document, std::nullopt);
  return true;
}

void Outbox::seen_in_feed(const wire::Entry& entry, Now now) {
  if (!entry.change || entry.replica != config_.replica) return;
  wire::PushResult result;
  result.change = *entry.change;
  result.outcome = wire::PushOutcome::accepted;
  result.document = entry.document;
  result.head_version = entry.version;
  result.seq = entry.seq;
  const auto found = ledger_.state().pending.find(*entry.change);
  if (found == ledger_.state().pending.end() || found->second.digest != entry.digest) return;
  answered(result, now);
}

}  // namespace leanspec::bridge::engine
