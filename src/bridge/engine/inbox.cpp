#include "bridge/engine/inbox.h"

#include <algorithm>
#include <utility>

#include "sync/path_policy.h"

namespace leanspec::bridge::engine {

namespace {

/// Something was heard of it, and nobody has looked since: git may have put back what stands there, which nothing tells
/// any more once it is moved.
bool is_to_be_looked_at(const Settle& settle, const std::string& path, Now now) {
  if (!settle.is_known(path)) return false;
  const auto& looks = settle.scheduled();
  const auto first = std::find_if(looks.begin(), looks.end(),
                                  [&](const auto& look) { return look.first > now.boot || look.second == path; });
  return first != looks.end() && first->first <= now.boot;
}

}  // namespace

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
  wait_no_more(document, wanted_[document]);
  ready_.insert(document);
}

void Inbox::wait(DocumentId document, BootTime until, std::string why, bool for_a_person) {
  auto& wanted = wanted_[document];
  wait_no_more(document, wanted);
  wanted.not_before = until;
  wanted.why = std::move(why);
  ready_.erase(document);
  if (until == BootTime::max()) return;
  waiting_.emplace(until, document);
  wanted.for_a_person = for_a_person;
  if (for_a_person) ++waiting_for_people_;
}

void Inbox::wait_no_more(DocumentId document, Wanted& wanted) {
  if (wanted.not_before) waiting_.erase({*wanted.not_before, document});
  wanted.not_before.reset();
  if (std::exchange(wanted.for_a_person, false)) --waiting_for_people_;
}

void Inbox::forget(DocumentId document) {
  const auto found = wanted_.find(document);
  if (found == wanted_.end()) return;
  wait_no_more(document, found->second);
  wanted_.erase(found);
  ready_.erase(document);
}

std::optional<ApplyRequest> Inbox::next(Now now, bool may_apply) {
  if (under_way_ || folder_.is_looking() || ledger_.problem()) return std::nullopt;
  UnderWay under_way;
  auto& items = under_way.request.items;
  items = left_overs_.due(now);
  if (may_apply && !must_recover()) {
    while (!waiting_.empty() && waiting_.begin()->first <= now.boot) want(waiting_.begin()->second);
    texts_.allow_all();
    auto at = gathers(now) ? ready_.end() : ready_.begin();
    while (at != ready_.end() && items.size() < items_max && !texts_.is_starved()) {
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
  under_way.since = now.boot;
  under_way_ = std::move(under_way);
  return under_way_->request;
}

bool Inbox::gathers(Now now) {
  if (texts_.is_fetching() && texts_.at_hand() > 0 && !gathers_until_) gathers_until_ = now.boot + gather_max;
  if (gathers_until_ && now.boot < *gathers_until_ && texts_.at_hand() < items_max) return true;
  gathers_until_.reset();
  return false;
}

/// It stays wanted until it stands there, unless there is nothing to do any more.
void Inbox::take_up(const DocumentId& document, UnderWay& under_way, Now now) {
  // Its answer touches the document again.
  if (ledger_.pending_of(document) != nullptr || ledger_.touched.contains(document)) return forget(document);
  const auto plan = outbox_.plan_of(document);
  if (plan.apply.empty()) return forget(document);
  const auto& apply = plan.apply.front();
  std::string after;
  if (must_wait(document, apply, now) || !place_is_free(apply, under_way, after)) return;
  auto& wanted = wanted_[document];
  auto intent = intent_for(apply);
  auto item = item_of(to_string(make_uuid_()), intent, ApplyStep::apply);
  item.after = std::move(after);
  if (apply.digest && apply.digest != apply.expected) {
    item.wanted.bytes = texts_.bytes_of(*apply.digest, intent.size, [&] { return base_for(apply, wanted); });
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

/// What stands there now, for the hub to say what is new against it. Read once for each text; should that not help, the
/// text comes whole.
std::optional<IncomingTexts::Base> Inbox::base_for(const sync::ApplyOperation& apply, Wanted& wanted) {
  const auto* local = ledger_.local(apply.document);
  if (!apply.from || !apply.expected || local == nullptr ||
      local->file.facts.size > wire::limits::delta_document_bytes_max)
    return std::nullopt;
  if (ledger_.has_body(*apply.expected)) {
    if (auto kept = ledger_.body(*apply.expected)) return IncomingTexts::Base{*apply.expected, *std::move(kept)};
  }
  auto text = folder_.bytes(*apply.from, *apply.expected);
  if (text == nullptr) {
    if (!folder_.is_readable(*apply.from, *apply.expected) || wanted.base_looks == base_looks_max) return std::nullopt;
    ++wanted.base_looks;
  }
  return IncomingTexts::Base{*apply.expected, std::move(text)};
}

/// When what waits for a person is asked for again: at the same moments for all, so that many of them wake a bridge no
/// more often than one does.
BootTime Inbox::next_round(Now now) {
  return BootTime{(now.boot.time_since_epoch() / held_interval + 1) * held_interval};
}

/// For a person, or for the disk to come to rest.
bool Inbox::must_wait(const DocumentId& document, const sync::ApplyOperation& apply, Now now) {
  const auto wait_for = [&](BootTime until, std::string why, bool for_a_person = false) {
    wait(document, until, std::move(why), for_a_person);
    return true;
  };
  if (folder_.guard().held().contains(document))
    return wait_for(next_round(now), "it vanished together with many others");
  if (apply.to) {
    if (const auto allowed = sync::check_path(*apply.to); !allowed)
      return wait_for(BootTime::max(), "its name cannot be used here: " + allowed.error().what);
  }
  if (const auto reason = folder_.git().reason_to_wait(apply, now))
    return wait_for(reason->until ? std::max<BootTime>(*reason->until, now.boot + moved_on_pause) : next_round(now),
                    reason->why, !reason->until);
  for (const auto& path : {apply.from, apply.to}) {
    if (path && (folder_.settle().waiting(*path) || is_to_be_looked_at(folder_.settle(), *path, now)))
      return wait_for(now.boot + moved_on_pause, "the file is being written here");
  }
  // What stands there unread may be anybody's; a look tells when it can be read.
  if (apply.to && apply.to != apply.from) {
    const auto* problem = folder_.problem_at(*apply.to);
    if (problem != nullptr && problem->state != FileState::ignored)
      return wait_for(next_round(now), "another file stands at " + *apply.to + ", and " + problem->why);
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
  intent.boot = config_.boot;
  const auto* row = ledger_.local(apply.document);
  if (apply.from && row != nullptr) intent.modified_ns = row->file.facts.modified_ns;
  return intent;
}

/// False: it waits, or a swap was asked for that makes it so. `after`: the item that makes it so.
bool Inbox::place_is_free(const sync::ApplyOperation& apply, UnderWay& under_way, std::string& after) {
  if (!apply.to || apply.to == apply.from) return true;
  const auto occupant = folder_.local_like(*apply.to);
  if (!occupant || *occupant == apply.document) return true;
  auto& items = under_way.request.items;
  const auto leaves = std::find_if(items.begin(), items.end(), [&](const ApplyItem& item) {
    return item.step == ApplyStep::apply && item.wanted.document == *occupant && item.wanted.to != apply.to;
  });
  if (leaves != items.end()) {
    after = leaves->name;
    return true;
  }
  // Does the way of those who stand in the way lead back here? Then the first two change places, in one step.
  std::set<DocumentId> passed;
  for (auto at = occupant; at && apply.from && passed.insert(*at).second;) {
    const auto plan = outbox_.plan_of(*at);
    if (ledger_.pending_of(*at) != nullptr || plan.apply.empty() || !plan.apply.front().to) break;
    const auto& key = folder_.folding();
    if (key.key(*plan.apply.front().to) != key.key(*apply.from)) {
      at = folder_.local_like(*plan.apply.front().to);
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
    item.wanted.to = ledger_.local(*occupant)->path;
    under_way.swapped.emplace(item.name, *occupant);
    items.push_back(std::move(item));
    return false;
  }
  blocked_[*occupant].insert(apply.document);
  const auto& there = ledger_.local(*occupant)->path;
  wait(apply.document, BootTime::max(),
       "another file stands at " + there +
           (there == *apply.to ? "" : ", and this disk does not keep the two names apart: rename one of the two"));
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

std::optional<BootTime> Inbox::deadline(bool may_apply) const {
  if (under_way_ || folder_.is_looking() || ledger_.problem()) return std::nullopt;
  auto when = left_overs_.deadline();
  if (must_recover() || !may_apply) return when;
  const auto consider = [&when](BootTime next) { when = when ? std::min(*when, next) : next; };
  if (!waiting_.empty()) consider(waiting_.begin()->first);
  if (gathers_until_ && !ready_.empty()) consider(*gathers_until_);
  return when;
}

bool Inbox::quiet() const {
  return !under_way_ && left_overs_.quiet() && ready_.empty() && waiting_.size() == waiting_for_people_;
}

std::string Inbox::why_not_yet(const DocumentId& document) const {
  const auto found = wanted_.find(document);
  return found == wanted_.end() ? std::string() : found->second.why;
}

}  // namespace leanspec::bridge::engine
