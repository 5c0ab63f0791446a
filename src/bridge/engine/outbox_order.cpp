#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "bridge/engine/outbox.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

bool Outbox::is_move(const sync::PushOperation& push) const {
  if (!push.digest) return false;
  const auto* synced = ledger_.synced(push.document);
  const auto* known = synced != nullptr ? synced : ledger_.remote(push.document);
  return known != nullptr && known->path != push.path;
}

/// The document that the hub has where this push wants to go, and that is to leave: it is another file here, or its
/// deletion is planned or on its way. One that stays there is for the hub to judge.
std::optional<DocumentId> Outbox::occupant(const sync::PushOperation& push) const {
  for (const auto& document : ledger_.remote_at(push.path)) {
    if (document == push.document) continue;
    const bool leaves = ledger_.local(document) != nullptr || ledger_.pending_of(document) != nullptr ||
                        !plan_of(document).push.empty();
    if (!leaves) continue;
    // One that stays where the hub has it: the hub is told once, so that it keeps this text beside the other's.
    if (stays(document) && !was_set_aside(push)) continue;
    return document;
  }
  return std::nullopt;
}

/// Nothing of it is on its way or will be: it is held, or the hub has newer of it that is not here.
bool Outbox::stays(const DocumentId& document) const {
  return ledger_.pending_of(document) == nullptr && plan_of(document).push.empty();
}

/// The hub has answered this very push before.
bool Outbox::was_set_aside(const sync::PushOperation& push) const {
  const auto found = refused_.find(push.document);
  return found != refused_.end() && found->second.hold.digest == push.digest && found->second.hold.path == push.path;
}

void Outbox::wait_for(const DocumentId& document, const DocumentId& occupant) {
  if (const auto before = waits_for_.find(document); before != waits_for_.end()) {
    const auto others = waiting_.find(before->second);
    others->second.erase(document);
    if (others->second.empty()) waiting_.erase(others);
  }
  waits_for_.insert_or_assign(document, occupant);
  waiting_[occupant].insert(document);
  ledger_.touched.erase(document);
  later_.erase(document);
}

std::string Outbox::waits_for(const DocumentId& document) const {
  const auto found = waits_for_.find(document);
  if (found == waits_for_.end()) return {};
  const auto* now_at = ledger_.local(found->second);
  if (now_at != nullptr) return "waits until the hub has moved the document that was here to " + now_at->path;
  return "waits until the hub has deleted the document that was here";
}

bool Outbox::waits_in_vain(const DocumentId& document) const {
  std::set<DocumentId> passed;
  auto at = document;
  for (auto next = waits_for_.find(at); next != waits_for_.end(); next = waits_for_.find(at)) {
    if (!passed.insert(at).second) return false;  // a circle moves as one group
    at = next->second;
  }
  return at != document && stays(at);
}

/// Renamed files that were edited as well travel with their texts. False: some were asked for. Those that cannot be
/// read now are left for later. Those beyond what one group may carry go alone; of one that takes another's place while
/// its own is taken, which would be waited for without end, only the rename goes with the group, and its text after it.
bool Outbox::gather_bytes(Pushes& moves, Pushes& edits) {
  bool complete = true;
  std::uint64_t bytes = 0;
  std::set<std::string_view> taken;  // places, by those that move
  std::set<std::string_view> left;
  for (const auto& push : moves) {
    taken.insert(push.path);
    if (const auto* remote = ledger_.remote(push.document)) left.insert(remote->path);
  }
  Pushes together;
  for (auto& push : moves) {
    const auto size = push.moved_only ? 0 : ledger_.local(push.document)->file.facts.size;
    if (bytes + size > wire::limits::group_bytes_max) {
      const auto* remote = ledger_.remote(push.document);
      const bool changes_places = remote != nullptr && taken.contains(remote->path) && left.contains(push.path);
      if (changes_places && leave_text_behind(push))
        together.push_back(push);
      else
        edits.push_back(push);
      continue;
    }
    if (!push.moved_only && !ledger_.has_body(*push.digest)) {
      if (auto body = folder_.bytes(push.path, *push.digest))
        ledger_.keep_body(*push.digest, std::move(body));
      else if (folder_.is_readable(push.path, *push.digest))
        complete = false;
      else
        continue;
    }
    bytes += size;
    together.push_back(push);
  }
  moves = std::move(together);
  return complete;
}

/// Makes it a rename of the text that disk and hub agreed on. False: there is none that the hub still knows, or the hub
/// has answered that very rename.
bool Outbox::leave_text_behind(sync::PushOperation& push) const {
  const auto* synced = ledger_.synced(push.document);
  if (!push.base || synced == nullptr || synced->version != push.base || synced->digest == Digest{}) return false;
  const auto* hold = ledger_.hold(push.document);
  if (hold == nullptr) hold = rejected(push.document);
  if (hold != nullptr && hold->digest == synced->digest && hold->path == push.path) return false;
  push.digest = synced->digest;
  push.moved_only = true;
  return true;
}

/// Takes out what would arrive at a path before the document that the hub has there has left it. Renames may take each
/// other's places within their group (swaps, shifts).
void Outbox::let_wait(Pushes& moves, Pushes& edits) {
  // An edit of a file that was moved elsewhere, and not here, asks for no place: the hub's rename stands.
  const auto claims = [&](const sync::PushOperation& push) {
    const auto* remote = ledger_.remote(push.document);
    const auto* synced = ledger_.synced(push.document);
    if (!push.digest || remote == nullptr) return push.digest.has_value();
    return remote->path != push.path && (synced == nullptr || synced->path != push.path);
  };
  if (moves.empty() && std::none_of(edits.begin(), edits.end(), claims)) return;
  // The hub may have these already, although its answer has not come.
  std::map<std::string_view, DocumentId> coming;
  for (const auto& [change, pending] : ledger_.state().pending) {
    if (pending.digest && pending.sent) coming.emplace(pending.path, pending.document);
  }
  const auto in_the_way = [&](const sync::PushOperation& push) -> std::optional<DocumentId> {
    if (!claims(push)) return std::nullopt;
    if (const auto found = coming.find(push.path); found != coming.end()) return found->second;
    return occupant(push);
  };
  std::erase_if(edits, [&](const sync::PushOperation& push) {
    const auto other = in_the_way(push);
    if (other) wait_for(push.document, *other);
    return other.has_value();
  });

  std::set<DocumentId> moving;
  for (const auto& push : moves) moving.insert(push.document);
  std::map<DocumentId, DocumentId> follower;  // who takes the place of whom
  std::vector<DocumentId> left_out;
  for (const auto& push : moves) {
    const auto other = in_the_way(push);
    if (!other) continue;
    if (moving.contains(*other) && ledger_.pending_of(*other) == nullptr) {
      follower.emplace(*other, push.document);
    } else {
      wait_for(push.document, *other);
      left_out.push_back(push.document);
    }
  }
  while (!left_out.empty()) {
    const auto document = left_out.back();
    left_out.pop_back();
    moving.erase(document);
    const auto next = follower.find(document);
    if (next == follower.end() || !moving.contains(next->second)) continue;
    wait_for(next->second, document);
    left_out.push_back(next->second);
  }
  std::erase_if(moves, [&](const auto& push) { return !moving.contains(push.document); });
}

/// One group if it is allowed to be that large; else chains of documents that take each other's places stay together,
/// and what is too long for one group follows once that has gone through.
std::vector<Outbox::Pushes> Outbox::groups_of(const Pushes& moves) {
  if (moves.size() <= wire::limits::group_changes_max) return {moves};
  std::map<std::string_view, const sync::PushOperation*> leaves;
  for (const auto& push : moves) {
    if (const auto* remote = ledger_.remote(push.document)) leaves.emplace(remote->path, &push);
  }
  std::map<const sync::PushOperation*, const sync::PushOperation*> follower;
  std::set<const sync::PushOperation*> follows;
  for (const auto& push : moves) {
    const auto before = leaves.find(push.path);
    if (before == leaves.end() || before->second == &push) continue;
    follower.emplace(before->second, &push);
    follows.insert(&push);
  }
  std::vector<Pushes> groups(1);
  std::set<const sync::PushOperation*> placed;
  const auto place = [&](const sync::PushOperation& first) {
    Pushes chain;
    for (const auto* at = &first; at != nullptr && placed.insert(at).second;) {
      if (chain.size() < wire::limits::group_changes_max)
        chain.push_back(*at);
      else
        wait_for(at->document, chain.back().document);
      const auto next = follower.find(at);
      at = next == follower.end() ? nullptr : next->second;
    }
    if (groups.back().size() + chain.size() > wire::limits::group_changes_max) groups.emplace_back();
    std::move(chain.begin(), chain.end(), std::back_inserter(groups.back()));
  };
  for (const auto& push : moves) {
    if (!follows.contains(&push)) place(push);
  }
  for (const auto& push : moves) place(push);  // circles
  return groups;
}

void Outbox::make_groups(const Pushes& moves, Now now, bool online) {
  if (moves.empty()) return;
  for (const auto& group : groups_of(moves)) {
    if (group.size() == 1) {
      make_change(group.front(), now, online, std::nullopt, 0);
      continue;
    }
    const GroupId id{make_uuid_()};
    for (const auto& push : group) make_change(push, now, online, id, static_cast<std::uint32_t>(group.size()));
  }
}

}  // namespace leanspec::bridge::engine
