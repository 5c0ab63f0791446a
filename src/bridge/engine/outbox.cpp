#include "bridge/engine/outbox.h"

#include <algorithm>
#include <utility>

#include "wire/delta.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

Outbox::Outbox(Ledger& ledger, Folder& folder, CatchUp& catch_up, const ReplicaConfig& config,
               ReplicaEngine::MakeUuid make_uuid, Send send, Planned planned, Edited edited)
    : ledger_(ledger),
      folder_(folder),
      catch_up_(catch_up),
      config_(config),
      make_uuid_(std::move(make_uuid)),
      send_(std::move(send)),
      planned_(std::move(planned)),
      edited_(std::move(edited)) {}

void Outbox::connected(const wire::PeerLimits& limits) {
  in_flight_max_ = wire::limits::pushes_in_flight_max;
  if (limits.pushes_in_flight_max > 0)
    in_flight_max_ = std::min<std::size_t>(in_flight_max_, limits.pushes_in_flight_max);
  credit_ = wire::limits::credit_bytes;
  if (limits.credit_bytes > 0) credit_ = std::min<std::uint64_t>(credit_, limits.credit_bytes);
  for (const auto& [document, refusal] : refused_) ledger_.touched.insert(document);
  refused_.clear();  // another connection, perhaps with other rights or more room
  refused_until_.clear();
}

void Outbox::caught_up() {
  for (const auto& [change, pending] : ledger_.state().pending) {
    if (!pending.sent) ledger_.touched.insert(pending.document);
  }
}

void Outbox::disconnected() {
  in_flight_.clear();
  bytes_in_flight_ = 0;
  retry_at_.clear();
  why_later_.clear();
  need_body_.clear();
  group_answers_.clear();
  upload_.reset();
  uploaded_.clear();
  approvals_told_.clear();
}

bool Outbox::fits(const PendingChange& change) const {
  if (in_flight_.empty()) return true;
  const bool in_parts = change.size > wire::limits::whole_body_bytes_max;
  const auto bytes = change.moved_only || !change.digest || in_parts ? 0 : change.size;
  return in_flight_.size() < in_flight_max_ && bytes_in_flight_ + bytes <= credit_;
}

void Outbox::send(Now now) {
  // What is due and cannot go now waits for an event, and not for a moment that has passed.
  std::erase_if(retry_at_, [&](const auto& retry) { return retry.second <= now.boot; });
  if (upload_ && now.boot >= upload_->asked_at + parts_patience) {
    upload_->asked_at = now.boot;
    upload_->first = true;  // whatever it has is where we go on
    send_(wire::PartsQuery{upload_->digest, upload_->size});
  }
  if (!ledger_.changes_are_durable()) return;  // the state database cannot be written; it is tried again
  // Each round goes over all that is on its way, so it is worth a quarter of the room and not every single answer.
  if (in_flight_.size() + std::max<std::size_t>(in_flight_max_ / 4, 1) > in_flight_max_) return;
  std::set<GroupId> considered;
  for (const auto& [id, change] : ledger_.state().pending) {
    if (!change.sent || in_flight_.contains(id) || retry_at_.contains(id)) continue;
    if (change.group) {
      if (!considered.insert(*change.group).second) continue;
      // The hub answers a group when it has all of it, so it goes out as one, alone.
      if (!in_flight_.empty()) break;
      put_out_group(*change.group, now);
      if (!in_flight_.empty()) break;
      continue;
    }
    if (!fits(change)) break;
    put_out(change, now);
  }
  drop_lost(now);
}

/// Nothing is left of what they were to say; what the file says now is planned instead. The texts that were to travel
/// with them are there still, and perhaps nowhere else: they go to the hub by themselves.
void Outbox::drop_lost(Now now) {
  for (const auto& change : std::exchange(lost_, {})) {
    const auto found = ledger_.state().pending.find(change);
    if (found == ledger_.state().pending.end()) continue;
    std::vector<ChangeId> together{change};
    if (const auto group = found->second.group) {
      for (const auto& [id, pending] : ledger_.state().pending) {
        if (pending.group == group && id != change) together.push_back(id);
      }
    }
    for (const auto& id : together) {
      auto other = ledger_.state().pending.at(id);
      ledger_.drop_pending(id);
      if (id == change && other.moved_only) nothing_is_agreed_on(other, now);
      if (id == change || !other.digest || other.moved_only || !ledger_.has_body(*other.digest)) continue;
      other.change = ChangeId{make_uuid_()};
      other.group.reset();
      other.group_size = 0;
      other.displaced = true;
      ledger_.add_pending(std::move(other));
    }
  }
}

/// The hub has lost the text of a file that was only renamed, and the file has gone since: whoever took it away, there
/// is nothing at the hub that could be deleted or renamed. What else it has of the document is new here.
void Outbox::nothing_is_agreed_on(const PendingChange& renamed, Now now) {
  const auto* row = ledger_.local(renamed.document);
  if (row != nullptr && row->path == renamed.path && folder_.is_gone(renamed.path, now))
    ledger_.set_synced(renamed.document, std::nullopt);
}

void Outbox::put_out(const PendingChange& change, Now now) {
  std::uint64_t room = wire::limits::whole_body_bytes_max;
  if (auto content = content_of(change, room, now)) push(change, std::move(*content), 0, now);
}

/// All of it or nothing: the hub would wait for the rest without an end.
void Outbox::put_out_group(const GroupId& group, Now now) {
  if (upload_) return;
  std::vector<const PendingChange*> members;
  for (const auto& [change, pending] : ledger_.state().pending) {
    if (pending.group == group) members.push_back(&pending);
  }
  std::vector<wire::Content> contents;
  bool complete = true;
  std::uint64_t room = wire::limits::group_bytes_max;
  for (const auto* member : members) {
    auto content = content_of(*member, room, now);
    complete = complete && content;
    if (complete) contents.push_back(std::move(*content));
  }
  if (!complete) return;
  for (std::size_t i = 0; i < members.size(); ++i)
    push(*members[i], std::move(contents[i]), static_cast<std::uint32_t>(members.size()), now);
}

/// Nothing: the bytes are not at hand yet, or go to the hub in parts first. `room`: bytes that may travel with the
/// push.
std::optional<wire::Content> Outbox::content_of(const PendingChange& change, std::uint64_t& room, Now now) {
  if (!change.digest) return wire::Deleted{};
  const bool whole = need_body_.contains(change.change);
  if (change.moved_only && !whole) return wire::UnchangedBody{};
  if (uploaded_.contains(*change.digest)) return wire::UploadedBody{};
  if (upload_ && change.size > wire::limits::whole_body_bytes_max) return std::nullopt;  // one at a time
  const auto body = body_of(change, now);
  if (body == nullptr) return std::nullopt;
  const auto bytes_max = std::min<std::uint64_t>(room, wire::limits::whole_body_bytes_max);
  if (!whole && change.base_digest && ledger_.has_body(*change.base_digest)) {
    if (const auto base = ledger_.body(*change.base_digest)) {
      if (auto delta = wire::make_delta(**base, *body); delta && delta->size() <= bytes_max) {
        room -= delta->size();
        return wire::DeltaBody{*change.base_digest, std::move(*delta)};
      }
    }
  }
  if (change.size <= bytes_max) {
    room -= change.size;
    return wire::WholeBody{*body};
  }
  if (!upload_) start_upload(change, body, now);
  return std::nullopt;
}

/// Null: asked for, or lost. A moved file whose base the hub lacks, or a state database that lost bytes: the file
/// itself still has them, or has newer ones. Not where another branch is checked out: nobody looks at it for this one,
/// and what it is will be found out when this one is checked out again.
std::shared_ptr<const std::string> Outbox::body_of(const PendingChange& change, Now now) {
  if (auto body = ledger_.body(*change.digest)) return *body;
  const bool elsewhere = config_.follows_git && folder_.git().judgement().mood == GitMood::elsewhere;
  auto bytes = elsewhere ? nullptr : folder_.bytes(change.path, *change.digest);
  if (bytes != nullptr) {
    ledger_.keep_body(*change.digest, bytes);
    return bytes;
  }
  const auto file = folder_.files().find(change.path);
  if (elsewhere || file == folder_.files().end() || file->second.digest != *change.digest ||
      folder_.is_gone(change.path, now))
    lost_.push_back(change.change);
  return nullptr;
}

void Outbox::push(const PendingChange& change, wire::Content content, std::uint32_t group_size, Now now) {
  retry_at_.erase(change.change);
  wire::Push message;
  message.change = change.change;
  message.document = change.document;
  message.base = change.base;
  message.digest = change.digest;
  message.size = change.digest ? change.size : 0;
  message.age = change.edited.age({config_.boot, now.boot, now.wall});
  message.path = change.path;
  message.group = change.group;
  message.group_size = group_size;
  message.approval = change.approval;
  const auto* former = ledger_.former(change.document);
  if (former != nullptr && former->node.version && change.digest && !change.displaced) {
    const bool edited = change.digest != former->node.digest || change.path != former->node.path;
    message.former = FormerVersion{former->epoch, *former->node.version, edited};
  }
  if (change.approval) tell_approval(*change.approval);
  const bool travels =
      std::holds_alternative<wire::WholeBody>(content) || std::holds_alternative<wire::DeltaBody>(content);
  message.content = std::move(content);
  const auto bytes = travels ? change.size : 0;
  if (in_flight_.emplace(change.change, bytes).second) bytes_in_flight_ += bytes;
  send_(std::move(message));
}

/// The hub must know of it before it sees the first deletion under it (G04).
void Outbox::tell_approval(const GuardId& guard) {
  if (!approvals_told_.insert(guard).second) return;
  const auto& all = ledger_.state().pending;
  const auto on_their_way =
      std::count_if(all.begin(), all.end(), [&](const auto& other) { return other.second.approval == guard; });
  const auto count = std::max(static_cast<std::uint32_t>(on_their_way), folder_.approved_under(guard).value_or(0));
  send_(wire::Approval{guard, std::min(count, static_cast<std::uint32_t>(wire::limits::documents_max))});
}

void Outbox::start_upload(const PendingChange& change, std::shared_ptr<const std::string> body, Now now) {
  upload_ = Upload{change.change, *change.digest, change.size, 0, std::move(body), now.boot, true};
  send_(wire::PartsQuery{upload_->digest, upload_->size});
}

void Outbox::parts_received(const wire::PartsState& state, Now now) {
  if (!upload_ || state.digest != upload_->digest || state.received > upload_->size) return;
  // Answers to single parts may arrive before the answer to the last question; only the whole batch counts.
  if (!upload_->first && state.received < upload_->sent) return;
  upload_->first = false;
  upload_->sent = state.received;
  upload_->asked_at = now.boot;
  if (upload_->sent < upload_->size) return send_parts(now);
  uploaded_.insert(upload_->digest);  // its change is sent next
  upload_.reset();
}

void Outbox::send_parts(Now) {
  for (std::size_t i = 0; i < parts_at_once && upload_->sent < upload_->size; ++i) {
    wire::Part part;
    part.digest = upload_->digest;
    part.size = upload_->size;
    part.offset = upload_->sent;
    part.bytes = upload_->body->substr(upload_->sent, wire::limits::part_bytes_max);
    upload_->sent += part.bytes.size();
    send_(std::move(part));
  }
  send_(wire::PartsQuery{upload_->digest, upload_->size});
}

void Outbox::forget_flight(const ChangeId& change) {
  if (const auto found = in_flight_.find(change); found != in_flight_.end()) {
    bytes_in_flight_ -= found->second;
    in_flight_.erase(found);
  }
  if (upload_ && upload_->change == change) upload_.reset();
}

std::optional<BootTime> Outbox::deadline(bool plans) const {
  std::optional<BootTime> when;
  if (upload_) when = upload_->asked_at + parts_patience;
  for (const auto& [change, at] : retry_at_) {
    if (!when || at < *when) when = at;
  }
  if (plans && !refused_until_.empty() && (!when || refused_until_.begin()->first < *when))
    when = refused_until_.begin()->first;
  return when;
}

}  // namespace leanspec::bridge::engine
