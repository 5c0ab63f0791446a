#include "bridge/engine/catch_up.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sync/rolling_digest.h"

namespace leanspec::bridge::engine {

CatchUp::Step CatchUp::start(bool whole) {
  staged_.clear();
  whole_ = whole;
  pulling_ = true;
  const auto& replica = ledger_.state().replica;
  at_ = whole || !replica.cursor ? Seq{} : replica.cursor->seq;
  digest_at_ = whole ? Digest{} : replica.cursor_digest;
  Step step;
  step.pull = wire::Pull{at_};
  return step;
}

CatchUp::Step CatchUp::welcome(const wire::Welcome& welcome) {
  epoch_ = welcome.epoch;
  hub_head_ = welcome.head;
  caught_up_ = false;
  const auto& cursor = ledger_.state().replica.cursor;
  const bool resume = welcome.resume && cursor && cursor->epoch == welcome.epoch && cursor->seq <= welcome.head;
  if (!resume) {
    own_.clear();
    return start(true);
  }
  // Beyond its head is only what this hub has lost.
  std::erase_if(own_, [&](const auto& own) { return own.second > welcome.head; });
  if (cursor->seq < welcome.head) return start(false);
  Step step;
  if (ledger_.state().replica.cursor_digest != welcome.head_digest) return start(true);
  caught_up_ = true;
  step.complete = true;
  return step;
}

CatchUp::Step CatchUp::head(Seq head) {
  hub_head_ = std::max(hub_head_.value_or(Seq{}), head);
  const auto& cursor = ledger_.state().replica.cursor;
  if (pulling_ || !cursor || cursor->seq >= head) return {};
  return start(false);
}

CatchUp::Step CatchUp::page(const wire::Changes& page) {
  Step step;
  if (page.epoch != epoch_) {
    step.broken = "the hub began another life while it was read";
    return step;
  }
  if (!pulling_) {
    const auto& cursor = ledger_.state().replica.cursor;
    if (!cursor || page.after != cursor->seq) return head(page.head);
    (void)start(false);
  }
  if (page.after != at_) return {};  // an answer to an earlier question
  if (page.after != Seq{} && page.digest_before != digest_at_)
    return start(true);  // law 20: not the history that we know
  const bool advances = page.through > at_ || page.through == page.head;
  if (page.through < at_ || page.through > page.head || !advances) {
    step.broken = "the hub sent a page of changes that leads nowhere";
    return step;
  }
  Seq last = at_;
  for (const auto& entry : page.entries) {
    if (entry.seq <= last || entry.seq > page.through) {
      step.broken = "the hub sent changes out of order";
      return step;
    }
    last = entry.seq;
    std::optional<sync::Node> node;
    if (entry.digest) node = sync::Node{entry.path, *entry.digest, entry.size, entry.version};
    staged_.insert_or_assign(entry.document, std::pair{entry.seq, std::move(node)});
  }
  if (!adds_up(page)) {
    step.broken =
        "the hub's changes " + std::to_string(page.after.value() + 1) + " to " + std::to_string(page.through.value()) +
        " do not have the digest that it names for them; its store is " + "damaged, run `leanspec-hub doctor` there";
    return step;
  }
  at_ = page.through;
  digest_at_ = page.digest_through;
  hub_head_ = std::max(hub_head_.value_or(Seq{}), page.head);
  if (at_ < page.head) {
    step.pull = wire::Pull{at_};
    return step;
  }
  return finish();
}

/// Where nothing was left out of a page, the digest at its end can be computed from the one before it. Pages from which
/// superseded changes were left out rest on digest_before of the next one.
bool CatchUp::adds_up(const wire::Changes& page) {
  if (page.entries.size() != page.through.value() - page.after.value()) return true;
  Digest rolling = page.digest_before;
  for (const auto& entry : page.entries)
    rolling = sync::roll(rolling, {entry.seq, entry.document, entry.version, entry.path, entry.digest});
  return rolling == page.digest_through;
}

CatchUp::Step CatchUp::finish() {
  if (whole_) {
    sync::Tree tree;
    for (auto& [document, change] : staged_) {
      if (change.second) tree.emplace(document, std::move(*change.second));
    }
    // What was pushed while this was read is newer than what was read. Of all before that the hub has just told us,
    // and what it does not tell never was, or is no more.
    for (const auto& [document, seq] : own_) {
      if (seq <= at_) continue;
      if (const auto* node = ledger_.remote(document))
        tree.insert_or_assign(document, *node);
      else
        tree.erase(document);
    }
    const sync::Tree told_before = ledger_.state().remote;
    ledger_.replace_remote(std::move(tree));
    if (ledger_.state().replica.seed)
      begin_from_fork();
    else
      join_without_deletes(told_before);
  } else {
    for (auto& [document, change] : staged_) {
      const auto own = own_.find(document);
      if (own != own_.end() && own->second > change.first) continue;
      ledger_.set_remote(document, std::move(change.second));
    }
  }
  std::erase_if(own_, [&](const auto& own) { return own.second <= at_; });
  staged_.clear();
  pulling_ = false;
  whole_ = false;
  caught_up_ = true;
  auto row = ledger_.state().replica;
  row.cursor = Cursor{epoch_, at_};
  row.cursor_digest = digest_at_;
  ledger_.set_replica(std::move(row));
  go_over_own();
  Step step;
  if (hub_head_ && *hub_head_ > ledger_.state().replica.cursor->seq) step = start(false);
  step.complete = true;
  return step;
}

/// This replica has just opened the branch: what the hub has on it are copies of what was agreed on when it was left.
/// What has gone from the disk since is deleted on this branch.
void CatchUp::begin_from_fork() {
  for (const auto& [document, node] : std::map(ledger_.state().synced)) {
    const auto* remote = ledger_.remote(document);
    if (remote != nullptr && remote->digest == node.digest && remote->path == node.path)
      ledger_.set_synced(document, *remote);
  }
}

/// After a loss of memory on either side. What only one side has is offered to the other; absence proves nothing. A
/// synced version that the hub still has as head stays a base. One that it has lost with its last days went on from the
/// head that it has now, which becomes the base: what is here is newer, and goes through (law 20). So does the same text
/// under another name. The push says which version it was, since another machine may offer an older or a newer one. Any other is a base whose bytes nobody vouches for, so that the planner sees an edit here and the
/// hub compares.
void CatchUp::join_without_deletes(const sync::Tree& told_before) {
  std::vector<DocumentId> documents;
  // What the hub had set aside it may have lost: it is offered again, and held again if it must be.
  for (const auto& [document, hold] : ledger_.state().holds) documents.push_back(document);
  for (const auto& document : documents) ledger_.set_hold(document, std::nullopt);
  documents.clear();
  for (const auto& [document, node] : ledger_.state().synced) documents.push_back(document);
  for (const auto& document : documents) {
    const auto* local = ledger_.local(document);
    const auto* remote = ledger_.remote(document);
    auto synced = *ledger_.synced(document);
    if (local == nullptr) {
      ledger_.set_synced(document, std::nullopt);
    } else if (remote == nullptr || remote->version != synced.version) {
      const auto told = told_before.find(document);
      const auto staged = staged_.find(document);
      // Only where the hub's last word had been taken in: a text that others' edits were still to come to lacks them,
      // one that was merged too, which stands in the remote tree until the feed brings the merged head.
      const auto* known = ledger_.former(document);
      const bool was_merged = known != nullptr && !known->node.version;
      const bool was_head = !was_merged && told != told_before.end() && told->second.version == synced.version;
      const bool is_newer = was_head && staged != staged_.end() && remote != nullptr && goes_on_from(*remote, staged->second.first, synced);
      // Another machine may have offered again what both had agreed on.
      const bool is_same = remote != nullptr && remote->digest == synced.digest && remote->path == synced.path;
      if (is_same) {
        ledger_.set_synced(document, *remote);
        continue;
      }
      auto former = former_state(document, was_head ? &synced : nullptr);
      if (is_newer) {
        synced = *remote;
      } else {
        synced.digest = Digest{};
      }
      ledger_.set_synced(document, std::move(synced));
      if (former) ledger_.set_former(document, *std::move(former));
    }
  }
}

/// What the document was in a life of the hub that is over; the earliest, while nothing has been agreed on since. Only a
/// head, of which all later heads are later texts.
std::optional<FormerState> CatchUp::former_state(const DocumentId& document, const sync::Node* head) const {
  if (const auto* known = ledger_.former(document)) return *known;
  const auto& cursor = ledger_.state().replica.cursor;
  if (head == nullptr || !head->version || !cursor || cursor->epoch == epoch_) return std::nullopt;
  return FormerState{cursor->epoch, *head};
}

/// True if `remote` is of the time that this hub and the one that we knew have in common: we had read so far, it was made
/// before this life began, and before what we had agreed on (law 20's higher old seq: versions are named in the order of
/// hub time, which never steps back within a branch nor behind the beginning of a life).
bool CatchUp::goes_on_from(const sync::Node& remote, Seq seq, const sync::Node& synced) const {
  const auto& cursor = ledger_.state().replica.cursor;
  if (!cursor || cursor->epoch == epoch_ || seq > cursor->seq || !remote.version || !synced.version) return false;
  const auto made = time_of(remote.version->value());
  return made < time_of(epoch_.value()) && made < time_of(synced.version->value());
}

void CatchUp::pushed(const DocumentId& document, const std::optional<sync::Node>& node, Seq seq) {
  auto& known = own_[document];
  known = std::max(known, seq);
  hub_head_ = std::max(hub_head_.value_or(Seq{}), seq);
  // Where a deleted document was is the hub's to say.
  if (!node || !node->version || ahead_.size() >= ahead_max) return;
  ahead_.insert_or_assign(seq, std::pair{document, *node});
  go_over_own();
}

/// A feed that only this replica writes need not be read back. The digest rolls on here as it did there (law 20): should
/// the two ever differ, the next page or welcome shows it.
void CatchUp::go_over_own() {
  if (pulling_ || !caught_up_) return;
  auto row = ledger_.state().replica;
  if (!row.cursor || row.cursor->epoch != epoch_) return;
  while (!ahead_.empty() && ahead_.begin()->first <= next(row.cursor->seq)) {
    const auto& [seq, entry] = *ahead_.begin();
    const auto& [document, node] = entry;
    if (seq > row.cursor->seq) {
      row.cursor_digest = sync::roll(row.cursor_digest, {seq, document, *node.version, node.path, node.digest});
      row.cursor->seq = seq;
    }
    const auto own = own_.find(document);
    if (own != own_.end() && own->second <= seq) own_.erase(own);
    ahead_.erase(ahead_.begin());
  }
  ledger_.set_replica(std::move(row));
}

void CatchUp::disconnected() {
  staged_.clear();
  pulling_ = false;
  whole_ = false;
  caught_up_ = false;
  hub_head_.reset();
  ahead_.clear();
}

}  // namespace leanspec::bridge::engine
