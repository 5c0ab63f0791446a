#include "tests/simulation/invariants.h"

#include <span>
#include <utility>

#include "sync/guard.h"
#include "text/hex.h"

namespace leanspec::simulation {

std::string short_hex(const std::optional<Digest>& digest) {
  return digest ? text::to_hex(std::span(digest->bytes).first(5)) : "deleted";
}

void Invariants::fail(std::string invariant, std::string what) {
  if (!violation_ && invariant != without_) violation_ = invariant + ": " + what;
}

void Invariants::committed(std::size_t bridge, const std::string& branch, const bridge::engine::StateUpdate& update,
                           const bridge::engine::ReplicaState& durable) {
  for (const auto& [change, pending] : update.pending) {
    if (pending && pending->digest)
      made_of_git_.try_emplace({bridge, change}, bridges_[bridge].put_by_git(pending->path, *pending->digest));
    // The text of a mere rename is known to the hub, unless a restore took it away again.
    if (pending && pending->sent && !(restored_ && pending->moved_only))
      owed_.insert_or_assign({bridge, change}, *pending);
  }
  for (const auto& [change, pending] : durable.pending) {
    if (pending.digest && !pending.moved_only && !durable.bodies.contains(*pending.digest))
      fail("law 2", "a change is on its way without its bytes: " + pending.path);
  }
  if (durable.pending.size() > 2 * 512) fail("I11", "more changes are pending than one batch holds");

  remember_agreed(bridge, branch, update);
  for (const auto& [document, row] : update.local) {
    if (row) stood_at_.insert_or_assign({{bridge, branch}, document}, std::pair(row->path, row->file.digest));
  }

  // G03: what a bridge lets go of within a minute, unless a person said so.
  auto& let_go = let_go_[{bridge, branch}];
  const auto before = let_go.size();
  for (const auto& [document, row] : update.local) {
    if (row || !durable.synced.contains(document)) continue;
    if (bridges_[bridge].began_without(branch, durable.synced.at(document).path)) continue;
    let_go.emplace(now_(), document);
  }
  // How many are many is asked in that moment: others may delete most of what is left a second later.
  if (let_go.size() == before) return;
  std::erase_if(let_go, [&](const auto& gone) { return gone.first + sync::Guard::window <= now_(); });
  const auto approved = approved_at_.find(bridge);
  const bool by_a_person = approved != approved_at_.end() && now_() - approved->second <= 2 * sync::Guard::window;
  if (!by_a_person && let_go.size() > sync::Guard::allowed(durable.synced.size() + let_go.size()))
    fail("G03", "bridge " + std::to_string(bridge) + " deleted " + std::to_string(let_go.size()) +
                    " documents within a minute and asked nobody");
}

void Invariants::state_lost(std::size_t bridge) {
  std::erase_if(owed_, [&](const auto& owed) { return owed.first.first == bridge; });
  std::erase_if(let_go_, [&](const auto& gone) { return gone.first.first == bridge; });
  std::erase_if(agreed_, [&](const auto& agreed) { return agreed.first.first.first == bridge; });
  std::erase_if(stood_at_, [&](const auto& stood) { return stood.first.first.first == bridge; });
  without_memory_.insert(bridge);
}

void Invariants::approved(std::size_t bridge) {
  approved_at_[bridge] = now_();
}

bool Invariants::was_at_hub(const Digest& text, Epoch life) const {
  if (life == epoch_) return texts_.contains(text);
  const auto former = former_texts_.find(life);
  return former != former_texts_.end() && former->second.contains(text);
}

bool Invariants::was_at_former_hub(const Digest& text) const {
  return std::any_of(former_texts_.begin(), former_texts_.end(),
                     [&](const auto& life) { return life.second.contains(text); });
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
