#include "bridge/engine/left_overs.h"

#include <algorithm>
#include <utility>

#include "bridge/engine/boot_doubt.h"

namespace leanspec::bridge::engine {

namespace {

std::string staged_path(const std::string& name) {
  return std::string(staging_folder) + "/" + name;
}

const std::string& place_of(const Intent& intent) {
  return intent.to ? *intent.to : *intent.from;
}

}  // namespace

ApplyItem item_of(const std::string& name, const Intent& intent, ApplyStep step) {
  ApplyItem item;
  item.step = step;
  item.name = name;
  item.wanted.document = intent.document;
  item.wanted.from = intent.from;
  item.wanted.expected = intent.expected;
  item.wanted.to = intent.to;
  item.wanted.digest = intent.digest;
  item.wanted.version = intent.version;
  return item;
}

LeftOvers::LeftOvers(Ledger& ledger, const ReplicaConfig& config, ReplicaEngine::MakeUuid make_uuid)
    : ledger_(ledger), config_(config), make_uuid_(std::move(make_uuid)) {
  for (const auto& [name, intent] : ledger_.state().intents) {
    if (intent.done)
      look_back_.try_emplace(name);
    else
      to_recover_.try_emplace(name);
    if (intent.boot ? intent.boot != config.boot : began_anew(ledger, config)) of_former_boot_.insert(name);
  }
}

std::vector<ApplyItem> LeftOvers::due(Now now) const {
  std::vector<ApplyItem> items;
  const auto& intents = ledger_.state().intents;
  if (must_recover()) {
    if (now.boot < recover_at_) return items;
    for (const auto& [name, failure] : to_recover_)
      items.push_back(item_of(name, intents.at(name), ApplyStep::recover));
    return items;
  }
  for (const auto& [name, back] : look_back_) {
    if (items.size() == look_backs_max) break;
    if (back.at > now.boot) continue;
    const Intent& intent = intents.at(name);
    auto& item = items.emplace_back(item_of(name, intent, ApplyStep::look_back));
    // The text that came out goes to the hub; until it has it there is no other.
    const auto* pending = ledger_.pending_of(intent.document);
    item.wanted.only_here = pending != nullptr && pending->digest == intent.expected;
  }
  return items;
}

std::optional<BootTime> LeftOvers::deadline() const {
  if (must_recover()) return recover_at_;
  std::optional<BootTime> when;
  for (const auto& [name, back] : look_back_) {
    if (!when || back.at < *when) when = back.at;
  }
  return when;
}

void LeftOvers::doubt(const std::vector<ApplyItem>& items, const std::string& why, Now now) {
  for (const auto& item : items) {
    const auto intent = ledger_.state().intents.find(item.name);
    if (intent == ledger_.state().intents.end()) continue;
    if (intent->second.done) {
      auto& back = look_back_[item.name];
      back.pause = std::clamp(2 * back.pause, failed_pause, failed_pause_max);
      back.at = now.boot + back.pause;
      back.failure = why;
    } else {
      to_recover_.insert_or_assign(item.name, why);
    }
  }
  root_is_another_ = false;
  if (!must_recover()) return;
  recover_pause_ = std::clamp(2 * recover_pause_, failed_pause, failed_pause_max);
  recover_at_ = now.boot + recover_pause_;
}

void LeftOvers::root_is_another(const std::vector<ApplyItem>& items, const std::string& why, Now now) {
  doubt(items, why, now);
  root_is_another_ = true;
  recover_pause_ = std::chrono::milliseconds{0};
  recover_at_ = now.boot + root_pause;
}

void LeftOvers::approve() {
  recover_at_ = BootTime{};
}

bool LeftOvers::was_looked_at(const ApplyItem& item, const Applied& applied, Now now) {
  if (applied.outcome == ApplyOutcome::failed) {
    // Unknown is not undone, and not gone.
    doubt({item}, applied.error ? applied.error->sentence() : "the disk refused", now);
    return false;
  }
  root_is_another_ = false;
  to_recover_.erase(item.name);
  if (!must_recover()) recover_pause_ = std::chrono::milliseconds{0};
  return true;
}

void LeftOvers::came_out(const std::string& name, const Intent& intent, const Applied& applied, Now now) {
  if (!applied.displaced && !applied.left_over) {
    look_back_.erase(name);
    of_former_boot_.erase(name);
    ledger_.set_intent(name, std::nullopt);
    return;
  }
  auto done = intent;
  done.done = true;
  if (!intent.done) done.size = 0;  // it was that of the text that came
  auto& back = look_back_[name];
  back.failure.clear();
  back.unheard = applied.displaced && !is_left_by_power(name, intent, *applied.displaced) &&
                 !keep(intent, *applied.displaced, now);
  if (applied.displaced) {
    done.size = applied.displaced->bytes->size();
    done.modified_ns = applied.displaced->modified_ns;
  }
  if (back.unheard) {
    back.pause = std::clamp(2 * back.pause, look_back_interval, failed_pause_max);
    back.at = now.boot + back.pause;
  } else if (applied.displaced) {
    // With its text in the next transaction, which comes before the next request, it has no reason to stay.
    done.expected = applied.displaced->digest;
    back.at = now.boot;
  } else {
    back.pause = std::chrono::milliseconds{0};
    back.at = now.boot + look_back_interval;
  }
  ledger_.set_intent(name, std::move(done));
}

/// What came out before the machine began anew may have lost what was not written down yet, and that is nobody's edit
/// (law 10).
bool LeftOvers::is_left_by_power(const std::string& name, const Intent& intent, const Displaced& displaced) {
  if (!of_former_boot_.contains(name)) return false;
  if (displaced.bytes->empty()) return true;
  // As it was last seen before, and waited for another change of the document.
  const bool was_seen = intent.done && intent.size != 0;
  if (was_seen && displaced.bytes->size() == intent.size && displaced.modified_ns == intent.modified_ns) return false;
  const bool at_hand = intent.expected && ledger_.has_body(*intent.expected);
  bool is_of_row = was_seen;
  if (at_hand) {
    const auto known = ledger_.body(*intent.expected);
    if (known && (*known)->starts_with(*displaced.bytes)) return true;
    is_of_row = was_seen && known && (*known)->size() != intent.size;
  }
  // It goes into the safety copies all the same: a former text, or one that lost bytes where nobody can say which, and
  // that nobody has written since.
  const bool touched = intent.modified_ns != 0 && displaced.modified_ns > intent.modified_ns;
  // Of a text that came out of a save of the last moment, and was never agreed on, only the row knows how long it was.
  if (is_of_row && !touched && displaced.bytes->size() < intent.size) return true;
  const auto ancestors = ledger_.ancestors(intent.document);
  return std::any_of(ancestors.begin(), ancestors.end(), [&](const Ancestor& one) {
    return one.digest == displaced.digest ||
           (!at_hand && !was_seen && !touched && one.digest == intent.expected && displaced.bytes->size() < one.size);
  });
}

/// Somebody saved between the plan and the exchange. Their text is an edit of what they had before them. False: another
/// change of the document is on its way, and there is at most one.
bool LeftOvers::keep(const Intent& intent, const Displaced& displaced, Now now) {
  if (const auto* pending = ledger_.pending_of(intent.document))
    return pending->displaced && pending->digest == displaced.digest;
  PendingChange change;
  change.change = ChangeId{make_uuid_()};
  change.document = intent.document;
  change.base = intent.base;
  // Of what was looked back at, `expected` may be a text that came out before.
  if (!intent.done) change.base_digest = intent.expected;
  change.path = place_of(intent);
  change.digest = displaced.digest;
  change.size = displaced.bytes->size();
  change.edited = EditTime{config_.boot, now.boot, now.wall};
  change.sent = true;
  change.displaced = true;
  ledger_.keep_body(displaced.digest, displaced.bytes);
  ledger_.add_pending(std::move(change));
  return true;
}

void LeftOvers::planned(const DocumentId& document) {
  if (look_back_.empty()) return;
  for (auto& [name, back] : look_back_) {
    if (back.unheard && ledger_.state().intents.at(name).document == document) back.at = BootTime{};
  }
}

bool LeftOvers::seen_in_staging(std::vector<std::string> names) {
  std::erase_if(names, [&](const std::string& name) { return ledger_.state().intents.contains(name); });
  return std::exchange(orphans_, names) != names;
}

bool LeftOvers::quiet() const {
  return to_recover_.empty() &&
         std::none_of(look_back_.begin(), look_back_.end(), [](const auto& back) { return back.second.unheard; });
}

std::vector<std::string> LeftOvers::warnings() const {
  std::vector<std::string> lines;
  std::size_t more = 0;
  const auto add = [&](std::string line) {
    if (lines.size() < named_max)
      lines.push_back(std::move(line));
    else
      ++more;
  };
  const auto& intents = ledger_.state().intents;
  for (const auto& [name, failure] : to_recover_) {
    if (failure.empty()) continue;
    add(place_of(intents.at(name)) + ": the hub's version was being put in its place when that was interrupted, and " +
        "how far it came cannot be told: " + failure + "; nothing in this folder is read or written before that is " +
        "known. It is tried again every minute: " +
        (root_is_another_
             ? std::string("put the right folder back, or run `leanspec-bridge approve` to go on with this one")
             : "make " + staged_path(name) + " and the file readable and writable"));
  }
  for (const auto& [name, back] : look_back_) {
    if (back.failure.empty()) continue;
    add(staged_path(name) + ": this text came out of " + place_of(intents.at(name)) +
        " when the hub's took its place, and it cannot be looked at and removed: " + back.failure +
        ". It may hold an edit, so do not delete it; make it readable and its folder writable. It is tried again every "
        "minute");
  }
  for (const auto& name : orphans_) {
    add(staged_path(name) +
        ": a text that was taken out of its place before this folder's memory was lost; which file it belongs to is "
        "not known any more. Compare it with your files, take over what is missing, then delete it");
  }
  if (more > 0) lines.push_back("and " + std::to_string(more) + " more files in " + std::string(staging_folder));
  return lines;
}

}  // namespace leanspec::bridge::engine
