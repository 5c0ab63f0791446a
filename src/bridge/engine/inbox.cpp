#include "bridge/engine/inbox.h"

#include <algorithm>
#include <utility>

#include "sync/path_policy.h"

namespace leanspec::bridge::engine {

Inbox::Inbox(Ledger& ledger, Folder& folder, Outbox& outbox, const ReplicaConfig& config,
             ReplicaEngine::MakeUuid make_uuid, Send send)
    : ledger_(ledger),
      folder_(folder),
      outbox_(outbox),
      config_(config),
      make_uuid_(std::move(make_uuid)),
      texts_(ledger, std::move(send)),
      left_overs_(ledger, config, make_uuid_) {}

void Inbox::planned(const DocumentId& document, bool incoming) {
  left_overs_.planned(document);
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

std::optional<ApplyRequest> Inbox::next(Now now, bool may_apply) {
  if (under_way_ || folder_.is_looking() || ledger_.problem()) return std::nullopt;
  UnderWay under_way;
  auto& items = under_way.request.items;
  items = left_overs_.due(now);
  if (may_apply && !must_recover()) {
    texts_.allow_all();
    while (!waiting_.empty() && waiting_.begin()->first <= now.boot) want(waiting_.begin()->second);
    for (auto at = ready_.begin(); at != ready_.end() && items.size() < items_max && !texts_.is_starved();) {
      const auto document = *at++;
      take_up(document, under_way, now);
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
  const auto& apply = plan.apply.front();
  if (must_wait(document, apply, now) || !place_is_free(apply, under_way)) return;
  auto& wanted = wanted_[document];
  auto intent = intent_for(apply);
  auto item = item_of(to_string(make_uuid_()), intent, ApplyStep::apply);
  if (apply.digest && apply.digest != apply.expected) {
    item.wanted.bytes = texts_.bytes_of(*apply.digest, intent.size);
    if (item.wanted.bytes == nullptr) {
      wanted.why = "its text is on its way";
      return;
    }
  }
  item.wanted.despite_writer = wanted.writer_since && now.boot - *wanted.writer_since >= writer_patience;
  ledger_.set_intent(item.name, std::move(intent));
  wanted.why.clear();
  under_way.request.items.push_back(std::move(item));
}

/// For a person, or for the disk to come to rest.
bool Inbox::must_wait(const DocumentId& document, const sync::ApplyOperation& apply, Now now) {
  const auto wait_for = [&](BootTime until, std::string why) {
    wait(document, until, std::move(why));
    return true;
  };
  if (folder_.guard().held().contains(document))
    return wait_for(now.boot + held_interval, "it vanished together with many others");
  if (apply.to) {
    if (const auto allowed = sync::check_path(*apply.to); !allowed)
      return wait_for(BootTime::max(), "its name cannot be used here: " + allowed.error().what);
  }
  if (const auto reason = folder_.git().reason_to_wait(apply, now))
    return wait_for(std::max<BootTime>(reason->until, now.boot + moved_on_pause), reason->why);
  for (const auto& path : {apply.from, apply.to}) {
    if (path && folder_.settle().waiting(*path))
      return wait_for(now.boot + moved_on_pause, "the file is being written here");
  }
  // What stands there unread may be anybody's; a look tells when it can be read.
  if (apply.to && apply.to != apply.from) {
    const auto problem = folder_.problems().find(*apply.to);
    if (problem != folder_.problems().end() && problem->second.state != FileState::ignored)
      return wait_for(now.boot + held_interval, "another file stands at " + *apply.to + ", and " + problem->second.why);
  }
  return false;
}

Intent Inbox::intent_for(const sync::ApplyOperation& apply) const {
  Intent intent;
  intent.document = apply.document;
  intent.from = apply.from;
  intent.expected = apply.expected;
  intent.to = apply.to;
  intent.digest = apply.digest;
  if (const auto* remote = ledger_.remote(apply.document)) intent.size = remote->size;
  if (const auto* synced = ledger_.synced(apply.document)) intent.base = synced->version;
  if (apply.to) intent.version = apply.version;
  return intent;
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

void Inbox::seen_in_feed(const wire::Entry& entry) {
  if (entry.replica != config_.replica) texts_.seen_in_feed(entry);
}

void Inbox::received(const wire::Body& body, Now now) {
  if (texts_.received(body)) return;
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

/// What a disk says that was mounted over the folder, or of one that is away, means nothing for the folder.
bool Inbox::is_our_root(const ApplyResult& result) const {
  const auto& known = ledger_.state().replica.root;
  return result.root &&
         (any_root_ || !known ||
          sync::same_root(*known, sync::RootIdentity{result.root->device, result.root->inode, config_.boot}));
}

/// Why what was done cannot be counted as done. Empty: it can.
std::string Inbox::objection_to(const ApplyResult& result, std::size_t asked) const {
  if (!result.root) return "the folder is not there";
  if (!is_our_root(result)) return "another folder stands in the place of the one that was synced";
  if (result.not_durable) return result.not_durable->sentence();
  return result.results.size() == asked ? std::string() : "the disk did not answer";
}

void Inbox::applied(const ApplyResult& result, Now now) {
  if (!under_way_ || under_way_->request.id != result.id) return;
  const UnderWay under_way = *std::exchange(under_way_, std::nullopt);
  const auto& items = under_way.request.items;
  if (const auto why = objection_to(result, items.size()); !why.empty()) {
    if (is_our_root(result))
      left_overs_.doubt(items, why, now);
    else
      left_overs_.root_is_another(items, why, now);
    for (const auto& item : items) {
      if (wanted_.contains(item.wanted.document)) wait(item.wanted.document, now.boot + failed_pause, why);
    }
    folder_.look_everywhere(now);
    return;
  }
  any_root_ = false;
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
  if (wanted_.empty()) texts_.forget_all();
  // With what is said of the disk durable, a text that came out needs no second home.
  ledger_.commit(now.boot);
}

void Inbox::settled(const ApplyItem& item, const Applied& applied, Now now) {
  const Intent intent = ledger_.state().intents.at(item.name);
  if (item.step != ApplyStep::apply && !left_overs_.was_looked_at(item, applied, now)) return;
  if (item.step != ApplyStep::look_back) {
    if (applied.outcome == ApplyOutcome::applied) {
      stands(intent, applied, now);
      if (item.wanted.bytes) {
        ledger_.keep_body(*intent.digest, item.wanted.bytes);  // for deltas
        texts_.used(*intent.digest);
      }
    } else {
      postpone(intent.document, applied, now);
    }
  }
  left_overs_.came_out(item.name, intent, applied, now);
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
    ledger_.written_elsewhere(intent.document);
  } else {
    if (const auto* last = ledger_.synced(intent.document)) ledger_.taken_away(intent.document, *last);
    folder_.taken_away(intent.document, *intent.from);
    ledger_.set_synced(intent.document, std::nullopt);
  }
  ledger_.set_hold(intent.document, std::nullopt);
  forget(intent.document);  // what is still newer touches it again
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
  if (under_way_ || folder_.is_looking() || ledger_.problem()) return std::nullopt;
  auto when = left_overs_.deadline();
  if (must_recover() || !may_apply || waiting_.empty()) return when;
  const auto next = waiting_.begin()->first;
  return when ? std::min(*when, next) : next;
}

bool Inbox::quiet() const {
  return !under_way_ && left_overs_.quiet() && ready_.empty() && waiting_.empty();
}

std::string Inbox::why_not_yet(const DocumentId& document) const {
  const auto found = wanted_.find(document);
  return found == wanted_.end() ? std::string() : found->second.why;
}

}  // namespace leanspec::bridge::engine
