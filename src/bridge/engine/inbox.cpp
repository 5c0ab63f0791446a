#include "bridge/engine/inbox.h"

#include <algorithm>
#include <utility>

#include "digest/sha256.h"
#include "sync/path_policy.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

Inbox::Inbox(Ledger& ledger, Folder& folder, Outbox& outbox, const ReplicaConfig& config,
             ReplicaEngine::MakeUuid make_uuid, Send send)
    : ledger_(ledger),
      folder_(folder),
      outbox_(outbox),
      config_(config),
      make_uuid_(std::move(make_uuid)),
      send_(std::move(send)) {
  for (const auto& [name, intent] : ledger_.state().intents) to_recover_.insert(name);
}

void Inbox::planned(const DocumentId& document, bool incoming) {
  if (incoming) want(document);
  const auto found = blocked_.find(document);
  if (found == blocked_.end()) return;
  const auto free = std::move(found->second);
  blocked_.erase(found);
  for (const auto& other : free) {
    if (wanted_.contains(other)) want(other);
  }
}

void Inbox::want(DocumentId document) {
  auto& wanted = wanted_[document];
  if (wanted.not_before) waiting_.erase({*wanted.not_before, document});
  wanted.not_before.reset();
  ready_.insert(document);
}

void Inbox::wait(DocumentId document, BootTime until, std::string why) {
  auto& wanted = wanted_[document];
  if (wanted.not_before) waiting_.erase({*wanted.not_before, document});
  wanted.not_before = until;
  wanted.why = std::move(why);
  ready_.erase(document);
  if (until != BootTime::max()) waiting_.emplace(until, document);
}

void Inbox::forget(DocumentId document) {
  const auto found = wanted_.find(document);
  if (found == wanted_.end()) return;
  if (found->second.not_before) waiting_.erase({*found->second.not_before, document});
  wanted_.erase(found);
  ready_.erase(document);
}

ApplyItem Inbox::item_of(const std::string& name, const Intent& intent, ApplyStep step) const {
  ApplyItem item;
  item.step = step;
  item.name = name;
  item.wanted.document = intent.document;
  item.wanted.from = intent.from;
  item.wanted.expected = intent.expected;
  item.wanted.to = intent.to;
  item.wanted.digest = intent.digest;
  return item;
}

std::optional<ApplyRequest> Inbox::next(Now now, bool may_apply) {
  if (under_way_ || folder_.is_looking() || ledger_.problem()) return std::nullopt;
  UnderWay under_way;
  auto& items = under_way.request.items;
  if (!to_recover_.empty()) {
    for (const auto& name : to_recover_) {
      const auto& intent = ledger_.state().intents.at(name);
      items.push_back(item_of(name, intent, intent.done ? ApplyStep::look_back : ApplyStep::recover));
    }
  } else {
    if (ledger_.is_durable()) {
      for (const auto& name : to_remove_) {
        ApplyItem item;
        item.step = ApplyStep::remove;
        item.name = name;
        items.push_back(std::move(item));
      }
    }
    for (const auto& [name, when] : look_back_at_) {
      if (when <= now.boot) items.push_back(item_of(name, ledger_.state().intents.at(name), ApplyStep::look_back));
    }
    if (may_apply) {
      starved_ = false;
      while (!waiting_.empty() && waiting_.begin()->first <= now.boot) want(waiting_.begin()->second);
      for (auto at = ready_.begin(); at != ready_.end() && items.size() < items_max && !starved_;) {
        const auto document = *at++;
        take_up(document, under_way, now);
      }
    }
  }
  if (items.empty()) return std::nullopt;
  // The intents, before the disk is touched. If that fails they are forgotten: nothing was done.
  if (!ledger_.is_durable() && !ledger_.commit(now.boot)) {
    for (const auto& item : items) {
      if (item.step == ApplyStep::apply) ledger_.set_intent(item.name, std::nullopt);
    }
    return std::nullopt;
  }
  under_way.request.id = ++last_id_;
  under_way_ = std::move(under_way);
  return under_way_->request;
}

/// It stays wanted until it stands there, unless there is nothing to do any more.
void Inbox::take_up(const DocumentId& document, UnderWay& under_way, Now now) {
  // Its answer touches the document again.
  if (ledger_.pending_of(document) != nullptr || ledger_.touched.contains(document)) return forget(document);
  const auto plan = outbox_.plan_of(document);
  if (plan.apply.empty()) return forget(document);
  auto& wanted = wanted_[document];
  const auto& apply = plan.apply.front();
  if (folder_.guard().held().contains(document))
    return wait(document, now.boot + held_interval, "it vanished together with many others");
  if (apply.to) {
    if (const auto allowed = sync::check_path(*apply.to); !allowed) {
      return wait(document, BootTime::max(), "its name cannot be used here: " + allowed.error().what);
    }
  }
  for (const auto& path : {apply.from, apply.to}) {
    if (path && folder_.settle().waiting(*path))
      return wait(document, now.boot + moved_on_pause, "the file is being written here");
  }
  // What stands there unread may be anybody's; a look tells when it can be read.
  if (apply.to && apply.to != apply.from) {
    const auto problem = folder_.problems().find(*apply.to);
    if (problem != folder_.problems().end() && problem->second.state != FileState::ignored)
      return wait(document, now.boot + held_interval,
                  "another file stands at " + *apply.to + ", and " + problem->second.why);
  }
  if (!place_is_free(apply, under_way)) return;

  ApplyItem item;
  item.name = to_string(make_uuid_());
  item.wanted.document = document;
  item.wanted.from = apply.from;
  item.wanted.expected = apply.expected;
  item.wanted.to = apply.to;
  item.wanted.digest = apply.digest;
  const auto* remote = ledger_.remote(document);
  const std::uint64_t size = remote != nullptr ? remote->size : 0;
  if (apply.digest && apply.digest != apply.expected) {
    item.wanted.bytes = bytes_of(*apply.digest, size);
    if (item.wanted.bytes == nullptr) {
      wanted.why = "its text is on its way";
      return;
    }
  }
  item.wanted.despite_writer = wanted.writer_since && now.boot - *wanted.writer_since >= writer_patience;
  Intent intent;
  intent.document = document;
  intent.from = apply.from;
  intent.expected = apply.expected;
  intent.to = apply.to;
  intent.digest = apply.digest;
  intent.size = size;
  if (const auto* synced = ledger_.synced(document)) intent.base = synced->version;
  if (apply.to) intent.version = apply.version;
  ledger_.set_intent(item.name, std::move(intent));
  wanted.why.clear();
  under_way.request.items.push_back(std::move(item));
}

/// False: it waits, or a swap was asked for that makes it so.
bool Inbox::place_is_free(const sync::ApplyOperation& apply, UnderWay& under_way) {
  if (!apply.to || apply.to == apply.from) return true;
  const auto occupant = ledger_.local_at(*apply.to);
  if (!occupant || *occupant == apply.document) return true;
  auto& items = under_way.request.items;
  const bool leaves = std::any_of(items.begin(), items.end(), [&](const ApplyItem& item) {
    return item.step == ApplyStep::apply && item.wanted.document == *occupant && item.wanted.to != apply.to;
  });
  if (leaves) return true;
  // Does the way of those who stand in the way lead back here? Then the first two change places, in one step.
  std::set<DocumentId> passed;
  for (auto at = occupant; at && apply.from && passed.insert(*at).second;) {
    const auto plan = outbox_.plan_of(*at);
    if (ledger_.pending_of(*at) != nullptr || plan.apply.empty() || !plan.apply.front().to) break;
    if (plan.apply.front().to != apply.from) {
      at = ledger_.local_at(*plan.apply.front().to);
      continue;
    }
    const bool used = std::any_of(items.begin(), items.end(), [&](const ApplyItem& item) {
      return item.wanted.document == *occupant || under_way.swapped.contains(item.name);
    });
    if (used) return false;
    ApplyItem item;
    item.step = ApplyStep::swap;
    item.name = to_string(make_uuid_());
    item.wanted.document = apply.document;
    item.wanted.from = apply.from;
    item.wanted.to = apply.to;
    under_way.swapped.emplace(item.name, *occupant);
    items.push_back(std::move(item));
    return false;
  }
  blocked_[*occupant].insert(apply.document);
  wait(apply.document, BootTime::max(), "another file stands at " + *apply.to);
  return false;
}

std::shared_ptr<const std::string> Inbox::bytes_of(const Digest& digest, std::uint64_t size) {
  if (const auto found = bodies_.find(digest); found != bodies_.end()) return found->second;
  if (ledger_.has_body(digest)) {
    if (auto kept = ledger_.body(digest)) return *std::move(kept);
  }
  const bool room =
      online_ &&
      (fetching_.empty() || (fetching_.size() < fetches_max && fetching_bytes_ + size <= wire::limits::credit_bytes));
  if (fetching_.contains(digest)) return nullptr;
  if (!room) {
    starved_ = true;
    return nullptr;
  }
  fetching_.emplace(digest, Fetching{size, {}});
  fetching_bytes_ += size;
  send_(wire::Fetch{digest, 0});
  return nullptr;
}

void Inbox::seen_in_feed(const wire::Entry& entry) {
  if (!entry.body || !entry.digest || entry.replica == config_.replica) return;
  if (bodies_bytes_ + entry.body->size() > bytes_max || digest::sha256(*entry.body) != *entry.digest) return;
  if (bodies_.emplace(*entry.digest, std::make_shared<const std::string>(*entry.body)).second)
    bodies_bytes_ += entry.body->size();
}

void Inbox::received(const wire::Body& body, Now now) {
  const auto found = fetching_.find(body.digest);
  if (found == fetching_.end()) return;
  auto& fetching = found->second;
  const bool fits = body.offset == fetching.bytes.size() && fetching.bytes.size() + body.bytes.size() <= fetching.size;
  if (!body.missing && fits) {
    fetching.bytes += body.bytes;
    if (fetching.bytes.size() < fetching.size && !body.bytes.empty())
      return send_(wire::Fetch{body.digest, fetching.bytes.size()});
  }
  const bool whole = !body.missing && fits && digest::sha256(fetching.bytes) == body.digest;
  fetching_bytes_ -= fetching.size;
  auto bytes = std::make_shared<const std::string>(std::move(fetching.bytes));
  fetching_.erase(found);
  if (whole) {
    bodies_bytes_ += bytes->size();
    bodies_.emplace(body.digest, std::move(bytes));
    return;
  }
  std::vector<DocumentId> without;
  for (const auto& document : ready_) {
    const auto* remote = ledger_.remote(document);
    if (remote != nullptr && remote->digest == body.digest) without.push_back(document);
  }
  for (const auto& document : without) {
    auto& pause = wanted_[document].pause;
    pause = std::clamp(2 * pause, failed_pause, failed_pause_max);
    wait(document, now.boot + pause, "the hub does not have its text");
  }
}

void Inbox::connected() {
  disconnected();
  online_ = true;
}

void Inbox::disconnected() {
  online_ = false;
  fetching_.clear();
  fetching_bytes_ = 0;
}

void Inbox::applied(const ApplyResult& result, Now now) {
  if (!under_way_ || under_way_->request.id != result.id) return;
  const UnderWay under_way = *std::exchange(under_way_, std::nullopt);
  const auto& items = under_way.request.items;
  if (result.not_durable || result.results.size() != items.size()) {
    // What stands there is looked at again as after a crash.
    for (const auto& item : items) {
      if (ledger_.state().intents.contains(item.name)) to_recover_.insert(item.name);
      if (wanted_.contains(item.wanted.document) && result.not_durable)
        wait(item.wanted.document, now.boot + failed_pause, result.not_durable->sentence());
    }
    folder_.look_everywhere(now);
    return;
  }
  auto results = result.results;
  std::set<DocumentId> left;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (results[i].outcome == ApplyOutcome::applied && items[i].wanted.from != items[i].wanted.to)
      left.insert(items[i].wanted.document);
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& item = items[i];
    // An equal text that stands there may still be that of the document that was to leave.
    const auto there =
        item.step == ApplyStep::recover && item.wanted.to ? ledger_.local_at(*item.wanted.to) : std::nullopt;
    if (there && *there != item.wanted.document && !left.contains(*there) &&
        results[i].outcome == ApplyOutcome::applied)
      results[i].outcome = ApplyOutcome::moved_on;
    const auto other = under_way.swapped.find(item.name);
    if (other != under_way.swapped.end())
      swapped(item, results[i], other->second, now);
    else
      settled(item, results[i], now);
  }
  if (wanted_.empty() && fetching_.empty()) {
    bodies_.clear();
    bodies_bytes_ = 0;
  }
  // With what is said of the disk durable, a text that came out needs no second home.
  ledger_.commit(now.boot);
}

void Inbox::settled(const ApplyItem& item, const Applied& applied, Now now) {
  if (item.step == ApplyStep::remove) {
    if (applied.outcome == ApplyOutcome::applied) to_remove_.erase(item.name);
    return;
  }
  const Intent intent = ledger_.state().intents.at(item.name);
  const bool recovered = to_recover_.erase(item.name) > 0;
  if (applied.outcome == ApplyOutcome::failed && recovered) {
    to_recover_.insert(item.name);  // unknown is not undone
    return;
  }
  if (item.step != ApplyStep::look_back) {
    if (applied.outcome == ApplyOutcome::applied) {
      stands(intent, applied, now);
      if (item.wanted.bytes) ledger_.keep_body(*intent.digest, item.wanted.bytes);  // for deltas
    } else {
      postpone(intent.document, applied, now);
    }
  }
  if (applied.displaced) {
    keep_displaced(intent, *applied.displaced, now);
    to_remove_.insert(item.name);
    look_back_at_.erase(item.name);
    ledger_.set_intent(item.name, std::nullopt);
  } else if (applied.left_over) {
    auto done = intent;
    done.done = true;
    ledger_.set_intent(item.name, std::move(done));
    look_back_at_[item.name] = now.boot + look_back_interval;
  } else {
    look_back_at_.erase(item.name);
    ledger_.set_intent(item.name, std::nullopt);
  }
}

void Inbox::swapped(const ApplyItem& item, const Applied& applied, const DocumentId& other, Now now) {
  if (applied.outcome != ApplyOutcome::applied) return postpone(item.wanted.document, applied, now);
  const auto* here = ledger_.local(item.wanted.document);
  const auto* there = ledger_.local(other);
  if (here == nullptr || there == nullptr) return;
  auto first = here->file;
  auto second = there->file;
  folder_.placed(item.wanted.document, *item.wanted.to, std::move(first), now);
  folder_.placed(other, *item.wanted.from, std::move(second), now);
  // In a longer circle the other one is on its way still; nobody here has renamed it.
  for (const auto& [document, path] : {std::pair(item.wanted.document, *item.wanted.to), {other, *item.wanted.from}}) {
    if (const auto* synced = ledger_.synced(document)) {
      auto node = *synced;
      node.path = path;
      ledger_.set_synced(document, std::move(node));
    }
  }
}

/// Disk and hub agree on it, as far as this version goes.
void Inbox::stands(const Intent& intent, const Applied& applied, Now now) {
  if (intent.to) {
    sync::DiskFile file;
    file.digest = *intent.digest;
    file.facts = applied.facts;
    file.racy = true;  // somebody may have saved before the facts were read
    folder_.placed(intent.document, *intent.to, std::move(file), now);
    ledger_.set_synced(intent.document, sync::Node{*intent.to, *intent.digest, intent.size, intent.version});
  } else {
    folder_.taken_away(intent.document, *intent.from);
    ledger_.set_synced(intent.document, std::nullopt);
  }
  ledger_.set_hold(intent.document, std::nullopt);
  forget(intent.document);  // what is still newer touches it again
}

/// Somebody saved between the plan and the exchange. Their text is an edit of what they had before them.
void Inbox::keep_displaced(const Intent& intent, const Displaced& displaced, Now now) {
  PendingChange change;
  change.change = ChangeId{make_uuid_()};
  change.document = intent.document;
  change.base = intent.base;
  change.base_digest = intent.expected;
  change.path = intent.to ? *intent.to : *intent.from;
  change.digest = displaced.digest;
  change.size = displaced.bytes->size();
  change.edited = EditTime{config_.boot, now.boot, now.wall};
  change.sent = true;
  change.displaced = true;
  ledger_.keep_body(displaced.digest, displaced.bytes);
  ledger_.add_pending(std::move(change));
}

void Inbox::postpone(const DocumentId& document, const Applied& applied, Now now) {
  auto& wanted = wanted_[document];
  switch (applied.outcome) {
    case ApplyOutcome::applied:
      return;
    case ApplyOutcome::writer_open:
      if (!wanted.writer_since) wanted.writer_since = now.boot;
      return wait(document, now.boot + writer_interval, "a program has the file open for writing");
    case ApplyOutcome::moved_on: {
      const auto plan = outbox_.plan_of(document);
      for (const auto& apply : plan.apply) {
        if (apply.from) folder_.look_at(*apply.from, now);
        if (apply.to) folder_.look_at(*apply.to, now);
      }
      wanted.pause = std::clamp(2 * wanted.pause, moved_on_pause, moved_on_pause_max);
      return wait(document, now.boot + wanted.pause, "the file changed here meanwhile");
    }
    case ApplyOutcome::failed:
      wanted.pause = std::clamp(2 * wanted.pause, failed_pause, failed_pause_max);
      return wait(document, now.boot + wanted.pause, applied.error ? applied.error->sentence() : "the disk refused");
  }
}

std::optional<BootTime> Inbox::deadline(bool may_apply) const {
  if (under_way_ || folder_.is_looking() || ledger_.problem() || must_recover()) return std::nullopt;
  std::optional<BootTime> when;
  const auto consider = [&](BootTime other) {
    if (!when || other < *when) when = other;
  };
  if (may_apply && !waiting_.empty()) consider(waiting_.begin()->first);
  for (const auto& [name, at] : look_back_at_) consider(at);
  return when;
}

bool Inbox::quiet() const {
  return !under_way_ && to_recover_.empty() && to_remove_.empty() && ready_.empty() && waiting_.empty();
}

std::string Inbox::why_not_yet(const DocumentId& document) const {
  const auto found = wanted_.find(document);
  return found == wanted_.end() ? std::string() : found->second.why;
}

}  // namespace leanspec::bridge::engine
