#include "tests/simulation/invariants.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "sync/guard.h"
#include "sync/rolling_digest.h"
#include "tests/simulation/merge_witness.h"

namespace leanspec::simulation {

namespace {

/// Of one document; more are not in flight on all connections together.
constexpr std::size_t versions_of_one_commit = 20;

std::string short_hex(const std::optional<Digest>& digest) {
  return digest ? to_hex(*digest).substr(0, 10) : "deleted";
}

bool is_final(wire::PushOutcome outcome) {
  return outcome != wire::PushOutcome::retry && outcome != wire::PushOutcome::need_body;
}

}  // namespace

void Invariants::fail(std::string invariant, std::string what) {
  if (!violation_) violation_ = invariant + ": " + what;
}

void Invariants::committed(std::size_t bridge, const bridge::engine::StateUpdate& update,
                           const bridge::engine::ReplicaState& durable) {
  for (const auto& [change, pending] : update.pending) {
    // The text of a mere rename is known to the hub, unless a restore took it away again.
    if (pending && pending->sent && !(restored_ && pending->moved_only))
      owed_.insert_or_assign({bridge, change}, *pending);
  }
  for (const auto& [change, pending] : durable.pending) {
    if (pending.digest && !pending.moved_only && !durable.bodies.contains(*pending.digest))
      fail("law 2", "a change is on its way without its bytes: " + pending.path);
  }
  if (durable.pending.size() > 2 * 512) fail("I11", "more changes are pending than one batch holds");

  // G03: what a bridge lets go of within a minute, unless a person said so.
  auto& let_go = let_go_[bridge];
  for (const auto& [document, row] : update.local) {
    if (row || !durable.synced.contains(document)) continue;
    let_go.emplace(now_(), document);
  }
  std::erase_if(let_go, [&](const auto& gone) { return gone.first + sync::Guard::window <= now_(); });
  const auto approved = approved_at_.find(bridge);
  const bool by_a_person = approved != approved_at_.end() && now_() - approved->second <= 2 * sync::Guard::window;
  if (!by_a_person && let_go.size() > sync::Guard::allowed(durable.synced.size() + let_go.size()))
    fail("G03", std::to_string(let_go.size()) + " documents were deleted within a minute and nobody was asked");
}

void Invariants::state_lost(std::size_t bridge) {
  std::erase_if(owed_, [&](const auto& owed) { return owed.first.first == bridge; });
  let_go_.erase(bridge);
}

void Invariants::approved(std::size_t bridge) {
  approved_at_[bridge] = now_();
}

void Invariants::hub_got(std::size_t bridge, std::uint64_t link, const wire::ToHub& message) {
  const auto* push = std::get_if<wire::Push>(&message);
  if (push == nullptr) return;
  ++pushes_;
  const auto key = std::pair(bridges_.at(bridge).replica, push->change);
  const auto [known, first] = asked_.try_emplace(key, Asked{push->digest, push->path, push->base});
  if (!first &&
      (known->second.digest != push->digest || known->second.path != push->path || known->second.base != push->base))
    fail("law 2", "a change id came again with something else: " + push->path + " " + short_hex(push->digest));
  // Law 3: a base is what this replica had on its disk, or its edit would undo what it never saw. To a restored hub also
  // what such a text went on from (law 20).
  const auto base = push->base ? seen_versions_.find(*push->base) : seen_versions_.end();
  if (base != seen_versions_.end() && base->second.digest && !bridges_[bridge].had(*base->second.digest) &&
      !(restored_ && had_what_went_on_from(bridge, base->second)))
    fail("law 3", "an edit of " + push->path + " is based on a text that was never on that disk");
  auto& flight = in_flight_[link];
  if (!push->group) flight.insert(push->change);
  const auto allowed = in_flight_allowed_.find(link);
  const std::size_t most =
      allowed == in_flight_allowed_.end() ? in_flight_max : std::min(in_flight_max, allowed->second);
  if (flight.size() > most)
    fail("I11", "more than " + std::to_string(most) + " pushes are in flight on one connection");
}

void Invariants::bridge_got(std::size_t bridge, const wire::ToBridge& message) {
  const auto* result = std::get_if<wire::PushResult>(&message);
  if (result != nullptr && is_final(result->outcome)) owed_.erase({bridge, result->change});
  const auto* page = std::get_if<wire::Changes>(&message);
  if (page == nullptr) return;
  for (const auto& entry : page->entries) {
    if (entry.change && entry.replica == bridges_.at(bridge).replica) owed_.erase({bridge, *entry.change});
  }
}

void Invariants::hub_sent(std::size_t bridge, std::uint64_t link, const wire::ToBridge& message) {
  Seq named;
  if (const auto* welcome = std::get_if<wire::Welcome>(&message)) {
    named = welcome->head;
    in_flight_allowed_[link] = welcome->limits.pushes_in_flight_max;
  }
  if (const auto* head = std::get_if<wire::Head>(&message)) named = head->seq;
  if (const auto* page = std::get_if<wire::Changes>(&message)) {
    named = page->head;
    if (page->epoch == epoch_) {
      const auto rolled = rolled_.find(page->through);
      if (page->through != Seq{} && (rolled == rolled_.end() || rolled->second != page->digest_through))
        fail("I6",
             "a page of changes ends with a digest that is not the hub's at " + std::to_string(page->through.value()));
    }
  }
  if (const auto* result = std::get_if<wire::PushResult>(&message)) {
    named = result->seq;
    in_flight_[link].erase(result->change);
    const auto key = std::pair(bridges_.at(bridge).replica, result->change);
    if (result->outcome == wire::PushOutcome::held) ++set_aside_;
    if (is_final(result->outcome)) {
      const auto [known, first] = answers_.try_emplace(key, *result);
      if (!first && (known->second.outcome != result->outcome || known->second.head_version != result->head_version ||
                     known->second.side_version != result->side_version))
        fail("I7", "the same change id got two different answers");
      const auto owed = owed_.find({bridge, result->change});
      if (owed != owed_.end()) {
        const bool kept = result->outcome != wire::PushOutcome::rejected;
        if (kept && owed->second.digest && !texts_.contains(*owed->second.digest))
          fail("I1", "the hub said that it has " + owed->second.path + " and does not (answer " +
                         std::to_string(static_cast<int>(result->outcome)) + ", \"" + result->why + "\")");
      }
    }
  }
  if (named > head_) {
    fail("I6", "seq " + std::to_string(named.value()) + " was told to a bridge and is not durable (head " +
                   std::to_string(head_.value()) + ")");
  }
}

void Invariants::look_at_version(const store::Version& version) {
  const auto [known, first] = seen_versions_.try_emplace(version.id, version);
  if (!first) {
    if (known->second.digest != version.digest || known->second.path != version.path)
      fail("I6", "a version was changed: " + version.path);
    return;
  }
  if (version.digest) texts_.insert(*version.digest);
  if (!version.replica || !version.change) return;
  const auto key = std::pair(*version.replica, *version.change);
  if (const auto [other, once] = version_of_.try_emplace(key, version.id); !once && other->second != version.id)
    fail("I7", "one change id made two versions of " + version.path);
  const auto asked = asked_.find(key);
  if (asked == asked_.end()) {
    fail("I7", "a version was made of a change that nobody sent: " + version.path);
    return;
  }
  if (version.kind == store::VersionKind::head && version.parent && version.parent != asked->second.base) {
    const auto parent = seen_versions_.find(*version.parent);
    if (parent == seen_versions_.end() || parent->second.digest)
      fail("I3", "the head of " + version.path + " was replaced by a push that did not know it");
  }
  if (version.digest) return;
  const auto author = std::find_if(bridges_.begin(), bridges_.end(),
                                   [&](const Bridge& bridge) { return bridge.replica == version.replica; });
  const auto before = version.parent ? seen_versions_.find(*version.parent) : seen_versions_.end();
  const auto text = before == seen_versions_.end() ? std::nullopt : before->second.digest;
  if (author == bridges_.end() || !author->was_taken_away(version.path, text))
    fail("I5", version.path + " was deleted by bridge " + std::to_string(author - bridges_.begin()) +
                   " and nobody took it away");
}

void Invariants::look_at_feed(store::Session& session) {
  const auto entries = session.versions().feed(branch_, head_, 100'000);
  if (!entries) return fail("I6", "the feed cannot be read: " + entries.error().sentence());
  for (const auto& entry : *entries) {
    if (entry.seq != next(head_)) fail("I6", "the feed has a gap before " + std::to_string(entry.seq.value()));
    head_ = entry.seq;
    rolling_ = sync::roll(rolling_, {entry.seq, entry.document, entry.id, entry.path, entry.digest});
    rolled_[head_] = rolling_;
    documents_.insert(entry.document);
    if (entry.second_parent) look_at_merge(session, entry);
    look_at_version(entry);
    heads_[entry.document] = entry.id;
  }
}

/// Law 3: the old head and the pushed text, that one as its author sent it; and nothing of either is lost, doubled or
/// made up (I1).
void Invariants::look_at_merge(store::Session& session, const store::Version& head) {
  const auto read = [&](const VersionId& id) {
    const auto found = session.versions().version(id);
    return found && *found ? **found : store::Version();
  };
  const auto side = read(*head.second_parent);
  look_at_version(side);
  const auto old = heads_.find(head.document);
  if (old == heads_.end() || head.parent != old->second || side.kind != store::VersionKind::side ||
      side.document != head.document || head.replica || head.change)
    return fail("law 3", "the head of " + head.path + " joins what it should not");
  ++merges_;
  const auto* const common = common_of(side);
  merged_.insert(side.id);
  if (common == nullptr) return fail("law 3", "what was merged into " + head.path + " shares no version with it");
  const auto& ours = seen_versions_.at(old->second);
  if (!head.digest) return fail("I1", head.path + " was deleted by a merge");
  if (!ours.digest || !side.digest || ours.digest == side.digest) {
    if (head.digest != ours.digest && head.digest != side.digest && head.digest != common->digest)
      fail("I1", "the text of " + head.path + " is neither side's");
    return;
  }
  const auto text = [&](const std::optional<Digest>& digest) {
    const auto body = digest ? session.bodies().get(*digest) : Result<std::optional<std::string>>(std::nullopt);
    return body && *body ? **body : std::string();
  };
  if (const auto wrong =
          wrong_in_merge(text(last_text(*common)), text(ours.digest), text(side.digest), text(head.digest)))
    fail("I1", "the merge of " + head.path + " is wrong: " + *wrong);
}

/// The nearest ancestor of a side version that is in the line of heads.
const store::Version* Invariants::common_of(const store::Version& side) const {
  auto id = side.parent;
  while (id) {
    const auto found = seen_versions_.find(*id);
    if (found == seen_versions_.end()) return nullptr;
    if (found->second.kind == store::VersionKind::head || merged_.contains(*id)) return &found->second;
    id = found->second.parent;
  }
  return nullptr;
}

bool Invariants::had_what_went_on_from(std::size_t bridge, const store::Version& version) const {
  return std::any_of(former_versions_.begin(), former_versions_.end(), [&](const auto& seen) {
    const store::Version* later = &seen.second;
    if (later->document != version.document || !later->digest || !bridges_[bridge].had(*later->digest)) return false;
    while (later->parent) {
      if (*later->parent == version.id) return true;
      const auto parent = former_versions_.find(*later->parent);
      if (parent == former_versions_.end()) return false;
      later = &parent->second;
    }
    return false;
  });
}

std::optional<Digest> Invariants::last_text(const store::Version& version) const {
  if (version.digest || !version.parent) return version.digest;
  const auto parent = seen_versions_.find(*version.parent);
  return parent == seen_versions_.end() ? std::nullopt : last_text(parent->second);
}

void Invariants::look_at_sides(store::Session& session) {
  const auto held = session.versions().held(branch_);
  if (!held) return fail("I6", "the held versions cannot be read: " + held.error().sentence());
  std::vector<VersionId> now;
  for (const auto& side : *held) now.push_back(side.version.id);
  if (now == held_) return;  // none came
  held_ = std::move(now);
  for (const auto& side : *held) {
    documents_.insert(side.version.document);
    look_at_version(side.version);
    // One commit may keep a text and the one that takes its place as the held one.
    const auto history =
        session.versions().history(branch_, side.version.document, std::nullopt, versions_of_one_commit);
    if (!history) return fail("I6", "a history cannot be read: " + history.error().sentence());
    for (const auto& version : *history) look_at_version(version);
  }
}

void Invariants::hub_committed() {
  const auto outage = std::exchange(store_.outage, std::nullopt);  // of the hub's, not of ours
  const auto read = store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(branch_));
    if (!branch) return {};
    if (store_.epoch() != epoch_) {
      epoch_ = store_.epoch();
      head_ = Seq{};
      rolling_ = Digest{};
      rolled_.clear();
      heads_.clear();
      texts_.clear();
      for (const auto& document : documents_) {
        LEANSPEC_ASSIGN(const auto history, session.versions().history(branch_, document, std::nullopt, 100'000));
        for (const auto& version : history) {
          if (version.digest) texts_.insert(*version.digest);
        }
      }
    }
    look_at_feed(session);
    look_at_sides(session);
    if (branch->head < head_) fail("I6", "the hub's head went back within one life");
    if (branch->head_digest != rolling_) fail("I6", "the rolling digest is not that of the feed");
    return {};
  });
  store_.outage = outage;
  if (!read) fail("simulation", "the monitor cannot read the database: " + read.error().sentence());
}

void Invariants::hub_restored() {
  // What is not in the backup is lost to the hub, and its change ids may come again.
  restored_ = true;
  answers_.clear();
  version_of_.clear();
  former_texts_[epoch_] = texts_;
  for (const auto& [id, version] : seen_versions_) {
    if (version.digest) texts_.erase(*version.digest);
  }
  std::erase_if(owed_, [](const auto& owed) { return owed.second.moved_only; });
  held_.clear();
  former_versions_.merge(seen_versions_);
  seen_versions_.clear();
  merged_.clear();
  hub_committed();
}

bool Invariants::was_at_hub(const Digest& text, Epoch life) const {
  if (life == epoch_) return texts_.contains(text);
  const auto former = former_texts_.find(life);
  return former != former_texts_.end() && former->second.contains(text);
}

void Invariants::must_be_at_hub(const std::string& path, const Digest& digest) {
  if (!texts_.contains(digest)) fail("I1", "a text of " + path + " stood on disk for long and is not at the hub");
}

void Invariants::nothing_is_owed() {
  for (const auto& [key, pending] : owed_) {
    if (pending.digest && !texts_.contains(*pending.digest)) {
      fail("I1", "a change that was durable and sent never arrived: " + pending.path + " " + short_hex(pending.digest) +
                     " of bridge " + std::to_string(key.first));
    }
  }
}

}  // namespace leanspec::simulation
