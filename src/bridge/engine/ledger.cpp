#include "bridge/engine/ledger.h"

#include <algorithm>
#include <utility>

#include "bridge/engine/replica_engine.h"
#include "sync/path_policy.h"

namespace leanspec::bridge::engine {

namespace {

template <typename Key, typename Value>
const Value* find(const std::map<Key, Value>& rows, const Key& key) {
  const auto found = rows.find(key);
  return found == rows.end() ? nullptr : &found->second;
}

template <typename Key, typename Value>
void write(std::map<Key, Value>& rows, std::map<Key, std::optional<Value>>& next, const Key& key,
           std::optional<Value> value) {
  if (value)
    rows.insert_or_assign(key, *value);
  else
    rows.erase(key);
  next.insert_or_assign(key, std::move(value));
}

template <typename Key, typename Value>
void erase_one(std::multimap<Key, Value>& index, const Key& key, const Value& value) {
  const auto [begin, end] = index.equal_range(key);
  const auto found = std::find_if(begin, end, [&](const auto& entry) { return entry.second == value; });
  if (found != end) index.erase(found);
}

}  // namespace

Ledger::Ledger(StateStore& store, ReplicaState loaded) : store_(store), state_(std::move(loaded)) {
  for (const auto& [document, row] : state_.local) {
    local_paths_.emplace(row.path, document);
    touched.insert(document);
  }
  for (const auto& [document, node] : state_.synced) touched.insert(document);
  for (const auto& [document, node] : state_.remote) touched.insert(document);
  for (const auto& [change, pending] : state_.pending) pending_by_document_.emplace(pending.document, change);
  for (const auto& [document, hold] : state_.holds) holds_by_place_.emplace(sync::collision_key(hold.path), document);
  index_remote();
  for (const auto& [digest, facts] : state_.bodies) {
    body_order_ = std::max(body_order_, facts.order);
    body_bytes_ += facts.size;
  }
}

const LocalRow* Ledger::local(const DocumentId& document) const {
  return find(state_.local, document);
}
const sync::Node* Ledger::synced(const DocumentId& document) const {
  return find(state_.synced, document);
}
const FormerState* Ledger::former(const DocumentId& document) const {
  return find(state_.former, document);
}

const sync::Node* Ledger::remote(const DocumentId& document) const {
  return find(state_.remote, document);
}
const sync::Hold* Ledger::hold(const DocumentId& document) const {
  return find(state_.holds, document);
}

const PendingChange* Ledger::pending_of(const DocumentId& document) const {
  const auto* change = find(pending_by_document_, document);
  return change == nullptr ? nullptr : find(state_.pending, *change);
}

std::optional<DocumentId> Ledger::local_at(std::string_view path) const {
  const auto found = local_paths_.find(path);
  return found == local_paths_.end() ? std::nullopt : std::optional{found->second};
}

std::vector<DocumentId> Ledger::remote_at(std::string_view path) const {
  std::vector<DocumentId> documents;
  const auto [begin, end] = remote_paths_.equal_range(path);
  for (auto at = begin; at != end; ++at) documents.push_back(at->second);
  return documents;
}

void Ledger::index_remote() {
  remote_paths_.clear();
  for (const auto& [document, node] : state_.remote) remote_paths_.emplace(node.path, document);
}

void Ledger::set_local(const DocumentId& document, std::optional<LocalRow> row) {
  ++tree_changes_;
  if (const auto* before = local(document)) {
    const auto at = local_paths_.find(before->path);
    if (at != local_paths_.end() && at->second == document) local_paths_.erase(at);
  }
  if (row) local_paths_.insert_or_assign(row->path, document);
  write(state_.local, next_.local, document, std::move(row));
  touched.insert(document);
}

void Ledger::set_synced(const DocumentId& document, std::optional<sync::Node> node) {
  if (const auto* before = synced(document);
      node && (before == nullptr || before->digest != node->digest || before->path != node->path) &&
      !is_given_again(document, *node))
    note_ancestor(document, *node, false);
  if (const auto* before = synced(document); before != nullptr && (!node || node->digest != before->digest)) {
    const auto digest = before->digest;
    write(state_.synced, next_.synced, document, std::move(node));
    release_body(digest);
  } else {
    write(state_.synced, next_.synced, document, std::move(node));
  }
  if (state_.former.contains(document)) write(state_.former, next_.former, document, std::optional<FormerState>());
  touched.insert(document);
}

void Ledger::set_former(const DocumentId& document, FormerState former) {
  std::optional<FormerState> row = std::move(former);
  write(state_.former, next_.former, document, std::move(row));
}

void Ledger::set_remote(const DocumentId& document, std::optional<sync::Node> node) {
  const auto* before = remote(document);
  if (node ? before != nullptr && *before == *node : before == nullptr) return;
  ++tree_changes_;
  std::optional<std::string> left;
  if (before != nullptr) {
    erase_one(remote_paths_, std::string_view{before->path}, document);
    if (!node || node->path != before->path) left = before->path;
  }
  write(state_.remote, next_.remote, document, std::move(node));
  if (const auto* after = remote(document)) remote_paths_.emplace(after->path, document);
  touched.insert(document);
  lift_holds(document, left);
}

void Ledger::lift_holds(const DocumentId& document, const std::optional<std::string>& left) {
  if (state_.holds.empty()) return;
  set_hold(document, std::nullopt);
  if (!left) return;
  std::vector<DocumentId> waiting;
  const auto [begin, end] = holds_by_place_.equal_range(sync::collision_key(*left));
  for (auto at = begin; at != end; ++at) waiting.push_back(at->second);
  for (const auto& other : waiting) {
    if (other != document) set_hold(other, std::nullopt);
  }
}

void Ledger::replace_remote(sync::Tree tree) {
  ++tree_changes_;
  for (const auto& [document, node] : state_.remote) touched.insert(document);
  next_.clear_remote = true;
  next_.remote.clear();
  for (const auto& [document, node] : tree) {
    touched.insert(document);
    next_.remote.emplace(document, node);
  }
  state_.remote = std::move(tree);
  index_remote();
  // Another past at the hub: it says again what it sets aside.
  std::vector<DocumentId> held;
  for (const auto& [document, hold] : state_.holds) held.push_back(document);
  for (const auto& document : held) set_hold(document, std::nullopt);
}

void Ledger::set_hold(const DocumentId& document, std::optional<sync::Hold> hold) {
  const auto before = state_.holds.find(document);
  if (before == state_.holds.end() && !hold) return;
  if (before != state_.holds.end()) erase_one(holds_by_place_, sync::collision_key(before->second.path), document);
  if (hold) holds_by_place_.emplace(sync::collision_key(hold->path), document);
  write(state_.holds, next_.holds, document, std::move(hold));
  touched.insert(document);
}

void Ledger::add_pending(PendingChange change) {
  pending_by_document_.insert_or_assign(change.document, change.change);
  changes_added_ = true;
  const auto id = change.change;
  write(state_.pending, next_.pending, id, std::optional{std::move(change)});
}

void Ledger::drop_pending(const ChangeId& change) {
  const auto found = state_.pending.find(change);
  if (found == state_.pending.end()) return;
  const auto document = found->second.document;
  const auto at = pending_by_document_.find(document);
  if (at != pending_by_document_.end() && at->second == change) pending_by_document_.erase(at);
  write(state_.pending, next_.pending, change, std::optional<PendingChange>{});
  touched.insert(document);
}

void Ledger::set_replica(ReplicaRow row) {
  if (row == state_.replica) return;
  state_.replica = row;
  next_.replica = std::move(row);
}

void Ledger::set_intent(const std::string& name, std::optional<Intent> intent) {
  write(state_.intents, next_.intents, name, std::move(intent));
}

void Ledger::set_released(std::vector<ReleasedDeletes> released) {
  state_.released = released;
  next_.released = std::move(released);
}

void Ledger::keep_body(const Digest& digest, std::shared_ptr<const std::string> bytes) {
  if (has_body(digest)) return;
  body_bytes_ += bytes->size();
  state_.bodies.emplace(digest, BodyFacts{bytes->size(), ++body_order_});
  next_.bodies.insert_or_assign(digest, std::move(bytes));
}

Result<std::shared_ptr<const std::string>> Ledger::body(const Digest& digest) {
  if (const auto found = next_.bodies.find(digest); found != next_.bodies.end() && found->second) return found->second;
  LEANSPEC_ASSIGN(auto bytes, store_.body(digest));
  return std::shared_ptr<const std::string>{std::make_shared<std::string>(std::move(bytes))};
}

std::set<Digest> Ledger::bodies_on_their_way() const {
  std::set<Digest> digests;
  for (const auto& [change, pending] : state_.pending) {
    if (pending.digest) digests.insert(*pending.digest);
  }
  return digests;
}

void Ledger::release_body(const Digest& digest) {
  const auto found = state_.bodies.find(digest);
  if (found == state_.bodies.end()) return;
  for (const auto& [change, pending] : state_.pending) {
    if (pending.digest == digest) return;
  }
  body_bytes_ -= found->second.size;
  state_.bodies.erase(found);
  next_.bodies.insert_or_assign(digest, nullptr);
}

void Ledger::trim_bodies() {
  if (body_bytes_ <= ReplicaEngine::kept_bodies_bytes_max) return;
  const auto needed = bodies_on_their_way();
  std::vector<std::pair<std::uint64_t, Digest>> oldest;
  for (const auto& [digest, facts] : state_.bodies) {
    if (!needed.contains(digest)) oldest.emplace_back(facts.order, digest);
  }
  std::sort(oldest.begin(), oldest.end());
  for (const auto& [order, digest] : oldest) {
    // Down to three quarters, so that this is not done for every single body.
    if (body_bytes_ <= ReplicaEngine::kept_bodies_bytes_max / 4 * 3) break;
    release_body(digest);
  }
}

bool Ledger::commit(BootTime now) {
  trim_bodies();
  if (next_.empty()) {
    next_since_.reset();
    return true;
  }
  if (auto committed = store_.commit(next_); !committed) {
    problem_ = committed.error();
    retry_at_ = now + retry_interval;
    return false;
  }
  problem_.reset();
  changes_added_ = false;
  next_ = StateUpdate{};
  next_since_.reset();
  return true;
}

std::chrono::milliseconds Ledger::patience() const {
  return state_.pending.size() > bulk_changes ? write_behind_in_bulk : write_behind;
}

void Ledger::tick(BootTime now) {
  if (next_.empty()) return;
  if (!next_since_) next_since_ = now;
  if (problem_ ? now >= retry_at_ : now >= *next_since_ + patience()) commit(now);
}

std::optional<BootTime> Ledger::deadline() const {
  if (next_.empty()) return std::nullopt;
  if (problem_) return retry_at_;
  return next_since_ ? std::optional{*next_since_ + patience()} : std::nullopt;
}

}  // namespace leanspec::bridge::engine
