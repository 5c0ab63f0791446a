#include "hub/engine/branch_paths.h"

#include <algorithm>

#include "sync/path_policy.h"

namespace leanspec::hub::engine {

namespace {

/// Behind by more than this it is cheaper to read the heads again.
constexpr std::size_t feed_entries_max = 1'000;

}  // namespace

Status BranchPaths::bring_to(store::VersionLog& versions, const store::Branch& branch) {
  if (loaded_ && at_ == branch.head) return {};
  if (loaded_ && at_ < branch.head && branch.head.value() - at_.value() <= feed_entries_max) {
    LEANSPEC_ASSIGN(const auto entries, versions.feed(branch.id, at_, feed_entries_max));
    for (const auto& entry : entries) {
      set(entry.document, entry.digest ? std::optional(entry.path) : std::nullopt, entry.seq);
      last_accepted = std::max(last_accepted, entry.accepted_at);
    }
    if (at_ == branch.head) return {};
  }
  paths_.clear();
  by_key_.clear();
  LEANSPEC_ASSIGN(const auto heads, versions.heads(branch.id));
  for (const auto& head : heads) {
    set(head.document, head.path, branch.head);
    last_accepted = std::max(last_accepted, head.accepted_at);
  }
  if (branch.head > Seq{}) {  // the last entry may be a tombstone, which is no live head
    LEANSPEC_ASSIGN(const auto last, versions.feed(branch.id, Seq{branch.head.value() - 1}, 1));
    if (!last.empty()) last_accepted = std::max(last_accepted, last.front().accepted_at);
  }
  held.clear();
  held_deletions.clear();
  LEANSPEC_ASSIGN(const auto sides, versions.held(branch.id));
  for (const auto& side : sides) {
    note_held(side.version);
  }
  at_ = branch.head;
  loaded_ = true;
  return {};
}

void BranchPaths::set(const DocumentId& document, const std::optional<std::string>& path, Seq seq) {
  at_ = std::max(at_, seq);
  const auto known = paths_.find(document);
  if (known != paths_.end()) {
    if (path == known->second) return;
    auto [from, to] = by_key_.equal_range(sync::collision_key(known->second));
    for (; from != to; ++from) {
      if (from->second == document) {
        by_key_.erase(from);
        break;
      }
    }
    paths_.erase(known);
  }
  if (!path) return;
  paths_.emplace(document, *path);
  by_key_.emplace(sync::collision_key(*path), document);
}

std::optional<BranchPaths::Occupant> BranchPaths::occupant(std::string_view path,
                                                           const std::function<bool(const DocumentId&)>& counts) const {
  auto [from, to] = by_key_.equal_range(sync::collision_key(path));
  for (; from != to; ++from) {
    if (counts(from->second)) return Occupant{from->second, paths_.at(from->second)};
  }
  return std::nullopt;
}

std::optional<std::string> BranchPaths::path_of(const DocumentId& document) const {
  const auto known = paths_.find(document);
  return known == paths_.end() ? std::nullopt : std::optional(known->second);
}

void BranchPaths::note_held(const store::Version& side) {
  if (side.replica) held[{side.document, *side.replica}].push_back(side.id);
  if (!side.digest && side.machine) held_deletions[*side.machine].insert(side.id);
}

void BranchPaths::forget_held(const VersionId& side) {
  for (auto machine = held_deletions.begin(); machine != held_deletions.end();) {
    machine->second.erase(side);
    machine = machine->second.empty() ? held_deletions.erase(machine) : std::next(machine);
  }
}

void BranchPaths::settle_held(const std::pair<DocumentId, ReplicaId>& whose) {
  const auto found = held.find(whose);
  if (found == held.end()) return;
  for (const auto& side : found->second) forget_held(side);
  held.erase(found);
}

}  // namespace leanspec::hub::engine
