#include <algorithm>
#include <utility>

#include "bridge/engine/inbox.h"

// What the applier did, and what follows from it.

namespace leanspec::bridge::engine {

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
  // What was to leave had left before, and another document was brought to its place: no look will miss it there.
  for (const auto& item : items) {
    const auto& document = item.wanted.document;
    const auto* row = ledger_.local(document);
    if (row != nullptr && ledger_.local_at(row->path) != document) folder_.start_over(document);
  }
  if (wanted_.empty()) texts_.forget_all();
  gathers_until_ = now.boot + std::min<BootTime::duration>(now.boot - under_way.since, gather_max);
  // With what is said of the disk durable, a text that came out needs no second home.
  ledger_.commit(now.boot);
}

void Inbox::settled(const ApplyItem& item, const Applied& applied, Now now) {
  const Intent intent = ledger_.state().intents.at(item.name);
  if (item.step != ApplyStep::apply && !left_overs_.was_looked_at(item, applied, now)) return;
  const bool is_done = item.step == ApplyStep::look_back || applied.outcome == ApplyOutcome::applied;
  // Before what came stands: then nobody keeps the bytes of what was there, which tell what of it the power left.
  if (is_done) left_overs_.came_out(item.name, intent, applied, now);
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
  if (!is_done) left_overs_.came_out(item.name, intent, applied, now);
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

}  // namespace leanspec::bridge::engine
