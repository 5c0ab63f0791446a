#include "bridge/engine/outbox.h"

#include <algorithm>
#include <utility>

#include "wire/delta.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

namespace {

/// When the hub asks to wait and does not say how long.
constexpr std::chrono::milliseconds retry_default{1000};

std::chrono::milliseconds age_of(const EditTime& edited, const Uuid& boot, Now now) {
  const auto age = edited.boot == boot ? std::chrono::duration_cast<std::chrono::milliseconds>(now.boot - edited.at)
                                       : std::chrono::duration_cast<std::chrono::milliseconds>(now.wall - edited.wall);
  return std::max(age, std::chrono::milliseconds{0});
}

}  // namespace

Outbox::Outbox(Ledger& ledger, Folder& folder, CatchUp& catch_up, const ReplicaConfig& config,
               ReplicaEngine::MakeUuid make_uuid, Send send)
    : ledger_(ledger),
      folder_(folder),
      catch_up_(catch_up),
      config_(config),
      make_uuid_(std::move(make_uuid)),
      send_(std::move(send)) {}

void Outbox::connected(const wire::PeerLimits& limits) {
  in_flight_max_ = wire::limits::pushes_in_flight_max;
  if (limits.pushes_in_flight_max > 0)
    in_flight_max_ = std::min<std::size_t>(in_flight_max_, limits.pushes_in_flight_max);
  credit_ = wire::limits::credit_bytes;
  if (limits.credit_bytes > 0) credit_ = std::min<std::uint64_t>(credit_, limits.credit_bytes);
  for (const auto& [document, hold] : rejected_) ledger_.touched.insert(document);
  rejected_.clear();  // another connection, perhaps with other rights or more room
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
  whole_only_.clear();
  group_answers_.clear();
  upload_.reset();
}

bool Outbox::fits(const PendingChange& change) const {
  if (in_flight_.empty()) return true;
  const auto bytes = change.moved_only || !change.digest ? 0 : change.size;
  return in_flight_.size() < in_flight_max_ && bytes_in_flight_ + bytes <= credit_;
}

void Outbox::send(Now now) {
  if (!ledger_.changes_are_durable()) return;  // the state database cannot be written; it is tried again
  if (upload_ && now.boot >= upload_->asked_at + parts_patience) {
    upload_->asked_at = now.boot;
    upload_->first = true;  // whatever it has is where we go on
    send_(wire::PartsQuery{upload_->digest, upload_->size});
  }
  std::vector<const PendingChange*> next;
  for (const auto& [change, pending] : ledger_.state().pending) {
    if (!pending.sent || in_flight_.contains(change)) continue;
    const auto retry = retry_at_.find(change);
    if (retry != retry_at_.end() && retry->second > now.boot) continue;
    next.push_back(&pending);
  }
  for (std::size_t i = 0; i < next.size(); ++i) {
    const auto* change = next[i];
    if (in_flight_.contains(change->change)) continue;
    if (change->group) {
      // The hub answers a group when it has all of it, so it goes out as one, alone.
      if (!in_flight_.empty()) break;
      for (const auto* member : next) {
        if (member->group == change->group) put_out(*member, now);
      }
      continue;
    }
    if (!fits(*change)) break;
    put_out(*change, now);
  }
  for (const auto& change : lost_) ledger_.drop_pending(change);  // what the file says now is planned instead
  lost_.clear();
}

void Outbox::put_out(const PendingChange& change, Now now) {
  retry_at_.erase(change.change);
  if (!change.digest) return push(change, wire::Deleted{}, now);
  if (change.moved_only && !whole_only_.contains(change.change)) return push(change, wire::UnchangedBody{}, now);
  if (upload_ && change.size > wire::limits::whole_body_bytes_max) return;  // one at a time
  auto body = ledger_.body(*change.digest);
  if (!body) {
    // A moved file whose base the hub lacks, or a state database that lost bytes: the file itself still has them, or
    // has newer ones.
    const auto id = change.change;
    const auto bytes = folder_.bytes(change.path, *change.digest);
    if (bytes == nullptr) {
      const auto file = folder_.files().find(change.path);
      if (file == folder_.files().end() || file->second.digest != *change.digest)
        lost_.push_back(id);
      else
        retry_at_[id] = now.boot + retry_default;
      return;
    }
    ledger_.keep_body(*change.digest, bytes);
    body = bytes;
  }
  if (change.base_digest && ledger_.has_body(*change.base_digest) && !whole_only_.contains(change.change)) {
    if (const auto base = ledger_.body(*change.base_digest)) {
      if (auto delta = wire::make_delta(**base, **body); delta && delta->size() <= wire::limits::whole_body_bytes_max) {
        return push(change, wire::DeltaBody{*change.base_digest, std::move(*delta)}, now);
      }
    }
  }
  if (change.size <= wire::limits::whole_body_bytes_max) return push(change, wire::WholeBody{**body}, now);
  if (!upload_) start_upload(change, *body, now);
}

void Outbox::push(const PendingChange& change, wire::Content content, Now now) {
  wire::Push message;
  message.change = change.change;
  message.document = change.document;
  message.base = change.base;
  message.digest = change.digest;
  message.size = change.digest ? change.size : 0;
  message.age = age_of(change.edited, config_.boot, now);
  message.path = change.path;
  message.content = std::move(content);
  message.group = change.group;
  message.group_size = change.group_size;
  const auto bytes = change.digest && !change.moved_only ? change.size : 0;
  if (in_flight_.emplace(change.change, bytes).second) bytes_in_flight_ += bytes;
  send_(std::move(message));
}

void Outbox::start_upload(const PendingChange& change, std::shared_ptr<const std::string> body, Now now) {
  upload_ = Upload{change.change, *change.digest, change.size, 0, std::move(body), now.boot, true};
  if (in_flight_.emplace(change.change, 0).second) bytes_in_flight_ += 0;
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
  const auto pending = ledger_.state().pending.find(upload_->change);
  upload_.reset();
  if (pending != ledger_.state().pending.end()) push(pending->second, wire::UploadedBody{}, now);
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

std::optional<BootTime> Outbox::deadline() const {
  std::optional<BootTime> when;
  if (upload_) when = upload_->asked_at + parts_patience;
  for (const auto& [change, at] : retry_at_) {
    if (!in_flight_.contains(change) && (!when || at < *when)) when = at;
  }
  return when;
}

}  // namespace leanspec::bridge::engine
