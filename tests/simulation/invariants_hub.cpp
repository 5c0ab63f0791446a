// The part of Invariants that reads the hub's database.
#include <algorithm>
#include <string_view>
#include <utility>

#include "sync/rolling_digest.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/merge_witness.h"

namespace leanspec::simulation {

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

/// One more version of the hub's, in the order in which they were made. A side version comes before the head that joins
/// it.
void Invariants::look_at_new(const fakes::MemoryTables::StoredVersion& stored) {
  const auto& version = stored.version;
  if (version.branch != branch_) return;
  if (version.kind == store::VersionKind::side) return look_at_version(version);
  if (version.seq != next(head_)) fail("I6", "the feed has a gap before " + std::to_string(version.seq.value()));
  head_ = version.seq;
  rolling_ = sync::roll(rolling_, {version.seq, version.document, version.id, version.path, version.digest});
  rolled_[head_] = rolling_;
  if (version.second_parent) look_at_merge(version);
  look_at_version(version);
  heads_[version.document] = version.id;
}

/// Law 3: the old head and the pushed text, that one as its author sent it; and nothing of either is lost, doubled or
/// made up (I1).
void Invariants::look_at_merge(const store::Version& head) {
  const auto seen = seen_versions_.find(*head.second_parent);
  if (seen == seen_versions_.end()) return fail("law 3", "the head of " + head.path + " joins what nobody has seen");
  const auto& side = seen->second;
  const auto old = heads_.find(head.document);
  if (old == heads_.end() || head.parent != old->second || side.kind != store::VersionKind::side ||
      side.document != head.document || head.replica || head.change)
    return fail("law 3", "the head of " + head.path + " joins what it should not");
  ++merges_;
  sights_.insert(Sight::merge);
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
  const auto& bodies = store_.tables().bodies;
  const auto text = [&](const std::optional<Digest>& digest) -> std::string_view {
    const auto body = digest ? bodies.find(*digest) : bodies.end();
    return body == bodies.end() ? std::string_view() : body->second;
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

void Invariants::hub_committed() {
  if (store_.revision() == seen_revision_ && store_.epoch() == epoch_) return;
  seen_revision_ = store_.revision();
  const auto& tables = store_.tables();
  const auto branch = tables.branches.find(branch_);
  if (branch == tables.branches.end()) return;
  if (store_.epoch() != epoch_) {
    epoch_ = store_.epoch();
    looked_at_ = 0;
    head_ = Seq{};
    rolling_ = Digest{};
    rolled_.clear();
    heads_.clear();
    texts_.clear();
  }
  if (tables.versions.size() < looked_at_) fail("I6", "versions went away within one life");
  while (looked_at_ < tables.versions.size()) look_at_new(tables.versions[looked_at_++]);
  if (branch->second.head != head_) fail("I6", "the hub's head is not the last of its feed");
  if (branch->second.head_digest != rolling_) fail("I6", "the rolling digest is not that of the feed");
}

void Invariants::versions_are_as_they_were() {
  for (const auto& stored : store_.tables().versions) {
    if (stored.version.branch == branch_) look_at_version(stored.version);
  }
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
  former_versions_.merge(seen_versions_);
  seen_versions_.clear();
  merged_.clear();
  hub_committed();
}

}  // namespace leanspec::simulation
