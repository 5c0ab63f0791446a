#include <algorithm>
#include <chrono>
#include <utility>

#include "bridge/engine/outbox.h"

namespace leanspec::bridge::engine {

void Outbox::answered(const wire::PushResult& result, Now now) {
  const auto found = ledger_.state().pending.find(result.change);
  if (found == ledger_.state().pending.end()) return forget_flight(result.change);  // answered before, by the feed
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
  const auto [found, is_first] = group_answers_.try_emplace(*change.group);
  auto& answers = found->second;
  if (is_first) {
    const auto& all = ledger_.state().pending;
    answers.members = static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const auto& other) { return other.second.group == change.group; }));
  }
  answers.results.insert_or_assign(change.change, result);
  if (answers.results.size() < answers.members) return;

  const auto results = std::move(answers.results);
  group_answers_.erase(found);
  std::vector<PendingChange> members;
  for (const auto& [id, answer] : results) members.push_back(ledger_.state().pending.at(id));
  std::optional<std::chrono::milliseconds> again;
  for (const auto& member : members) {
    const auto pause = pause_after(member, results.at(member.change));
    if (pause) again = std::max(again.value_or(*pause), *pause);
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

/// When a change that was not decided is sent again; nothing: it was decided.
std::optional<std::chrono::milliseconds> Outbox::pause_after(const PendingChange& change,
                                                             const wire::PushResult& result) {
  using std::chrono::milliseconds;
  switch (result.outcome) {
    case wire::PushOutcome::retry:
      // The other members of a group that lacks a text need no pause of their own.
      if (change.group && result.retry_after.count() == 0) return retry_least;
      return result.retry_after.count() == 0 ? retry_default : std::max(result.retry_after, retry_least);
    case wire::PushOutcome::need_body: {
      if (change.digest) uploaded_.erase(*change.digest);
      const auto asked = ++need_body_[change.change];
      if (asked == 1) return std::max(result.retry_after, milliseconds{0});
      const auto doubled = retry_default * (std::int64_t{1} << std::min<std::uint32_t>(asked - 2, 10));
      return std::max(result.retry_after, std::min(doubled, retry_max));
    }
    case wire::PushOutcome::accepted:
    case wire::PushOutcome::unchanged:
    case wire::PushOutcome::known:
    case wire::PushOutcome::held:
    case wire::PushOutcome::rejected:
      return std::nullopt;
  }
  return std::nullopt;
}

void Outbox::answered_alone(const PendingChange& change, const wire::PushResult& result, Now now) {
  forget_flight(change.change);
  const auto pause = pause_after(change, result);
  if (!pause) return settled(change, result, now);
  retry_at_[change.change] = now.boot + *pause;
  why_later_[change.change] = result.why;
}

/// A final answer: what it says goes into the trees in the same transaction that removes the change.
void Outbox::settled(const PendingChange& change, const wire::PushResult& result, Now now) {
  retry_at_.erase(change.change);
  why_later_.erase(change.change);
  need_body_.erase(change.change);
  if (change.displaced) return displaced_settled(change, result, now);
  ledger_.drop_pending(change.change);
  const auto canonical = result.document.value().is_nil() ? change.document : result.document;
  if (result.outcome == wire::PushOutcome::rejected)
    return refuse(change.document, sync::Hold{change.digest, change.path, result.why}, now);
  forget_refusal(change.document);
  const bool is_another = canonical != change.document;
  const bool of_others = (is_another || !change.base) && was_written_elsewhere(change);
  if (is_another && !take_canonical(change, canonical, result, now)) return;
  switch (result.outcome) {
    case wire::PushOutcome::accepted:
    case wire::PushOutcome::unchanged:
      agreed(change, canonical, result.head_version, result);
      if (of_others) ledger_.written_elsewhere(canonical);
      return;
    case wire::PushOutcome::known:
      has_version(change, canonical, result);
      if (of_others) ledger_.written_elsewhere(canonical);
      return;
    case wire::PushOutcome::held:
      if (has_another_base(change, canonical)) {
        ledger_.touched.insert(canonical);
        return;
      }
      ledger_.set_hold(canonical, sync::Hold{change.digest, change.path, result.why});
      return;
    case wire::PushOutcome::rejected:
    case wire::PushOutcome::retry:
    case wire::PushOutcome::need_body:
      return;
  }
}

/// A text of others that is given to a restored hub again (law 20) stays theirs under the name that the hub has for it;
/// and one that a new branch begins with, which was carried over to it.
bool Outbox::was_written_elsewhere(const PendingChange& change) const {
  const auto texts = ledger_.ancestors(change.document);
  return !texts.empty() && texts.front().elsewhere && texts.front().digest == change.digest;
}

/// It was sent to a hub that has lost what it was based on since, and had to be sent to the restored one as it was (law
/// 2). What it goes on from there was found when the two lives were joined (law 20): it is offered once more, on that.
bool Outbox::has_another_base(const PendingChange& change, const DocumentId& document) const {
  const auto* synced = ledger_.synced(document);
  const auto* remote = ledger_.remote(document);
  return change.base && synced != nullptr && synced->version && synced->version != change.base && remote != nullptr &&
         remote->version == synced->version;
}

/// The text is at the hub, in whatever role; the file is another one, and its trees stay as they are. A text that the
/// hub will not take stands nowhere else: it is offered again and again.
void Outbox::displaced_settled(const PendingChange& change, const wire::PushResult& result, Now now) {
  if (result.outcome == wire::PushOutcome::rejected) {
    retry_at_[change.change] = now.boot + refused_pause;
    why_later_[change.change] = result.why;
    return;
  }
  ledger_.drop_pending(change.change);
  ledger_.release_body(*change.digest);
}

/// Held in memory only, and offered again after a pause that doubles as long as the file stays the same.
void Outbox::refuse(const DocumentId& document, sync::Hold hold, Now now) {
  auto& refusal = refused_[document];
  const bool same = refusal.hold.digest == hold.digest && refusal.hold.path == hold.path;
  if (refusal.again) refused_until_.erase({*refusal.again, document});
  refusal.pause = same && refusal.pause.count() > 0
                      ? std::min<std::chrono::milliseconds>(2 * refusal.pause, refused_pause_max)
                      : refused_pause;
  refusal.hold = std::move(hold);
  refusal.again = now.boot + refusal.pause;
  refused_until_.emplace(*refusal.again, document);
}

void Outbox::forget_refusal(const DocumentId& document) {
  const auto found = refused_.find(document);
  if (found == refused_.end()) return;
  if (found->second.again) refused_until_.erase({*found->second.again, document});
  refused_.erase(found);
}

/// Disk and hub have the pushed state, as `version`.
void Outbox::agreed(const PendingChange& change, const DocumentId& document, const std::optional<VersionId>& version,
                    const wire::PushResult& result) {
  std::optional<sync::Node> node;
  if (change.digest) node = sync::Node{change.path, *change.digest, change.size, version};
  ledger_.set_synced(document, node);
  ledger_.set_hold(document, std::nullopt);
  // An answer to something sent again may be older than what the feed has said since. One without a head has no place
  // in the feed: the hub did not have the document then, and if the feed has it, that came later.
  if (is_read(result.seq) || !result.head_version) return;
  ledger_.set_remote(document, node);
  // And the feed that is still to be read may hold older states of the document.
  if (result.seq != Seq{}) catch_up_.pushed(document, node, result.seq);
}

/// What is here is a version of the hub's, and not the head: an older one, or one that was merged into it (law 3).
/// Until the feed has come to that head, nothing is newer: else the file would go back to what was before it.
void Outbox::has_version(const PendingChange& change, const DocumentId& document, const wire::PushResult& result) {
  std::optional<sync::Node> node;
  if (change.digest) node = sync::Node{change.path, *change.digest, change.size, result.known_version};
  ledger_.set_synced(document, node);
  ledger_.set_hold(document, std::nullopt);
  if (node) ledger_.set_former(document, {Epoch{}, sync::Node{node->path, node->digest, node->size, std::nullopt}});
  if (is_read(result.seq)) return;
  ledger_.set_remote(document, node);
  if (result.seq != Seq{}) catch_up_.pushed(document, std::nullopt, result.seq);
}

/// The remote tree knows what an answer of then can say, or better.
bool Outbox::is_read(Seq seq) const {
  const auto& cursor = ledger_.state().replica.cursor;
  return seq != Seq{} && cursor && cursor->seq >= seq;
}

/// For the hub the pushed document is another one (law 4), and stays so: the file takes that identity. If that document
/// is another file here, the two have to part. What the hub has taken over is the document, and the other file becomes
/// a new one; a text that the hub has only set aside becomes a new document itself, which waits for its place. False:
/// that.
bool Outbox::take_canonical(const PendingChange& change, const DocumentId& canonical, const wire::PushResult& result,
                            Now now) {
  const auto move = [&](const DocumentId& from, const DocumentId& to) {
    auto row = *ledger_.local(from);
    ledger_.set_local(from, std::nullopt);
    ledger_.set_local(to, std::move(row));
  };
  const bool is_here = ledger_.local(change.document) != nullptr;
  const bool is_elsewhere = ledger_.local(canonical) != nullptr;
  const bool taken = result.outcome == wire::PushOutcome::accepted || result.outcome == wire::PushOutcome::unchanged;
  if (ledger_.synced(change.document) != nullptr) ledger_.set_synced(change.document, std::nullopt);
  ledger_.set_hold(change.document, std::nullopt);
  if (!is_here) return taken || !is_elsewhere;
  if (!is_elsewhere) {
    move(change.document, canonical);
    return true;
  }
  const DocumentId parted{make_uuid_()};
  if (taken) {
    move(canonical, parted);
    move(change.document, canonical);
    return true;
  }
  move(change.document, parted);
  refuse(parted, sync::Hold{change.digest, change.path, result.why}, now);
  wait_for(parted, canonical);
  return false;
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
  const auto flight = in_flight_.find(result.change);
  const bool was_sent = flight != in_flight_.end() && !(upload_ && upload_->change == result.change);
  const auto bytes = was_sent ? flight->second : 0;
  answered(result, now);
  // The hub counts a push as in flight until its own answer is out, which the feed may overtake.
  if (was_sent && in_flight_.emplace(result.change, bytes).second) bytes_in_flight_ += bytes;
}

}  // namespace leanspec::bridge::engine
