// The part of Invariants that reads the hub's database.
#include <algorithm>
#include <string_view>
#include <utility>

#include "digest/sha256.h"
#include "hub/engine/merge_undo.h"
#include "sync/rolling_digest.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/merge_witness.h"

namespace leanspec::simulation {

namespace {

/// Saves as far apart as this are in the same order for every file system and every line.
constexpr milliseconds clearly_later{2'000};

std::string_view status_in(std::string_view text) {
  constexpr std::string_view field = "\nstatus: ";
  if (!text.starts_with("---\n")) return {};
  const auto at = text.find(field);
  const auto end = text.find("\n---\n");
  if (at == std::string_view::npos || end == std::string_view::npos || at > end) return {};
  const auto value = text.substr(at + field.size());
  return value.substr(0, value.find('\n'));
}

}  // namespace

void Invariants::look_at_version(const store::Version& version) {
  const auto [known, first] = seen_versions_.try_emplace(version.id, version);
  if (!first) {
    if (known->second.digest != version.digest || known->second.path != version.path)
      fail("I6", "a version was changed: " + version.path);
    return;
  }
  made_at_.try_emplace(version.id, now_());
  if (version.digest) texts_.insert(*version.digest);
  look_at_markers(version);
  if (version.kind == store::VersionKind::head && version.seq <= line(version).copied) return look_at_copy(version);
  if (!version.replica || !version.change) return look_at_hub_edit(version);
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
    // Where this branch began with a version of another one, its copy is the same state.
    const bool is_copy_of_base = parent != seen_versions_.end() && parent->second.kind == store::VersionKind::head &&
                                 parent->second.seq <= line(version).copied &&
                                 parent->second.branch == version.branch && parent->second.parent == asked->second.base;
    const auto& former = asked->second.former;
    const bool revives = parent != seen_versions_.end() && !parent->second.digest;
    const bool knew = parent != seen_versions_.end() && former && went_on_from(former->version, parent->second.digest);
    if (!is_copy_of_base && !revives && !knew)
      fail("I3", "the head of " + version.path + " was replaced by a push that did not know it");
  }
  if (!version.digest) look_at_deletion(version);
}

/// I5. The hub may know the document by another place than the one where it stood on its author's disk: it was
/// restored, or the new name waits for a person, or did not get through before the file went.
void Invariants::look_at_deletion(const store::Version& version) {
  const auto author = std::find_if(bridges_.begin(), bridges_.end(),
                                   [&](const Bridge& bridge) { return bridge.replica == version.replica; });
  if (author != bridges_.end()) {
    const auto before = version.parent ? seen_versions_.find(*version.parent) : seen_versions_.end();
    const auto text = before == seen_versions_.end() ? std::nullopt : before->second.digest;
    const auto& branch = line(version).name;
    if (author->began_without(branch, version.path) || author->was_taken_away(version.path, text)) return;
    const auto index = static_cast<std::size_t>(author - bridges_.begin());
    const auto stood = stood_at_.find({{index, branch}, version.document});
    if (stood != stood_at_.end() && author->was_removed(stood->second.first, stood->second.second)) return;
  }
  fail("I5", version.path + " was deleted by bridge " + std::to_string(author - bridges_.begin()) +
                 " and nobody took it away");
}

/// Law 28: a branch begins with what the one that it goes on from had at that point, document by document.
void Invariants::look_at_copy(const store::Version& version) {
  const auto origin = version.parent ? seen_versions_.find(*version.parent) : seen_versions_.end();
  if (origin == seen_versions_.end() || origin->second.branch != line(version).fork.of ||
      origin->second.seq > line(version).fork.seq || origin->second.document != version.document ||
      origin->second.path != version.path || origin->second.digest != version.digest)
    fail("law 28",
         "the branch " + line(version).name + " begins with a " + version.path + " that its origin never had");
}

/// One more version of the hub's, in the order in which they were made. A side version comes before the head that joins
/// it.
void Invariants::look_at_new(const store::Version& version) {
  if (version.kind == store::VersionKind::side) return look_at_version(version);
  auto& of = line(version);
  if (version.seq != next(of.head)) fail("I6", "the feed has a gap before " + std::to_string(version.seq.value()));
  of.head = version.seq;
  of.rolling = sync::roll(of.rolling, {version.seq, version.document, version.id, version.path, version.digest});
  of.rolled[of.head] = of.rolling;
  if (version.second_parent) look_at_merge(version);
  look_at_version(version);
  of.heads[version.document] = version.id;
}

const Invariants::Line* Invariants::line_named(const std::string& branch) const {
  const auto found =
      std::find_if(lines_.begin(), lines_.end(), [&](const auto& one) { return one.second.name == branch; });
  return found == lines_.end() ? nullptr : &found->second;
}

const Invariants::Line* Invariants::line_of(std::uint64_t link) const {
  const auto branch = branch_of_.find(link);
  return branch == branch_of_.end() ? nullptr : line_named(branch->second);
}

const store::Version* Invariants::head_of(const Line* line, const DocumentId& document) const {
  if (line == nullptr) return nullptr;
  const auto head = line->heads.find(document);
  return head == line->heads.end() ? nullptr : &seen_versions_.at(head->second);
}

/// Law 3: the old head and the pushed text, that one as its author sent it; and nothing of either is lost, doubled or
/// made up (I1).
void Invariants::look_at_merge(const store::Version& head) {
  const auto seen = seen_versions_.find(*head.second_parent);
  if (seen == seen_versions_.end()) return fail("law 3", "the head of " + head.path + " joins what nobody has seen");
  const auto& side = seen->second;
  if (!hub::engine::is_automatic_merge(head)) {
    merged_.insert(side.id);  // a person's decision, which look_at_hub_edit() asks about
    return;
  }
  const auto* const old = head_of(&line(head), head.document);
  if (old == nullptr || head.parent != old->id || side.kind != store::VersionKind::side ||
      side.document != head.document || head.replica || head.change)
    return fail("law 3", "the head of " + head.path + " joins what it should not");
  ++merges_;
  sights_.insert(Sight::merge);
  const auto* const common = common_of(side);
  merged_.insert(side.id);
  if (common == nullptr) return fail("law 3", "what was merged into " + head.path + " shares no version with it");
  const auto& ours = *old;
  // What is offered after a restore had gone into a text that was deleted since: that deletion stands (law 20).
  const bool had_it = head.digest == ours.digest && has_taken_in(ours.id, side.digest);
  if (!head.digest && !had_it) return fail("I1", head.path + " was deleted by a merge");
  if (!ours.digest || !side.digest || ours.digest == side.digest) {
    if (head.digest != ours.digest && head.digest != side.digest && head.digest != common->digest)
      fail("I1", "the text of " + head.path + " is neither side's");
    return;
  }
  if (had_it) return;
  const auto& bodies = store_.tables().bodies;
  const auto text = [&](const std::optional<Digest>& digest) -> std::string_view {
    const auto body = digest ? bodies.find(*digest) : bodies.end();
    return body == bodies.end() ? std::string_view() : body->second;
  };
  const auto base = text(last_text(*common));
  if (const auto wrong = wrong_in_merge(base, text(ours.digest), text(side.digest), text(head.digest)))
    fail("I1", "the merge of " + head.path + " is wrong: " + *wrong);
  if (ours.parent == common->id)
    look_at_status(ours, side, base, text(ours.digest), text(side.digest), text(head.digest));
}

/// What people decided at the hub, word for word, in place of the head that they saw.
void Invariants::look_at_hub_edit(const store::Version& version) {
  if (version.kind != store::VersionKind::head || hub::engine::is_automatic_merge(version)) return;
  const auto asked = asked_at_hub_.find({version.document, version.digest});
  if (asked == asked_at_hub_.end())
    return fail("I1", "a version of " + version.path + " that nobody asked for was made at the hub");
  const auto* const old = head_of(&line(version), version.document);
  if ((old != nullptr && version.parent != old->id) || !asked->second.contains(version.parent))
    fail("I3", "the head of " + version.path + " was replaced by a decision that did not know it");
}

void Invariants::asked_at_hub(const hub::engine::HubEdit& edit) {
  const auto text = edit.text ? std::optional(digest::sha256(*edit.text)) : std::nullopt;
  asked_at_hub_[{edit.document, text}].insert(edit.expected);
}

std::optional<milliseconds> Invariants::told_time_of(const store::Version& version) const {
  if (!version.replica || !version.change || !version.digest) return std::nullopt;
  const auto author = std::find_if(bridges_.begin(), bridges_.end(),
                                   [&](const Bridge& bridge) { return bridge.replica == version.replica; });
  const auto asked = asked_.find({*version.replica, *version.change});
  if (author == bridges_.end() || asked == asked_.end()) return std::nullopt;
  const auto saved = author->written_at(asked->second.path, *version.digest, asked->second.arrived);
  if (!saved || *saved > asked->second.arrived || *saved <= clocks_good_since_) return std::nullopt;
  // No age reaches back beyond the replica's last contact, or the version that it is an edit of.
  const auto base = version.parent ? made_at_.find(*version.parent) : made_at_.end();
  if (*saved <= asked->second.contact_before || (base != made_at_.end() && *saved <= base->second)) return std::nullopt;
  return saved;
}

/// Law 14: where both sides changed the status, the later save has it, whenever it arrived and whatever the clocks say.
void Invariants::look_at_status(const store::Version& ours, const store::Version& side, std::string_view base,
                                std::string_view our_text, std::string_view side_text, std::string_view merged) {
  const auto before = status_in(base);
  const auto mine = status_in(our_text);
  const auto yours = status_in(side_text);
  if (restored_ || before.empty() || mine.empty() || yours.empty() || mine == before || yours == before ||
      mine == yours)
    return;
  const auto first = told_time_of(ours);
  const auto second = told_time_of(side);
  if (!first || !second || std::chrono::abs(*first - *second) < clearly_later) return;
  sights_.insert(Sight::both_changed_status);
  if (status_in(merged) != (*first < *second ? yours : mine))
    fail("law 14", "the status of " + side.path + " is not that of the later save");
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
      // A person may have decided since that this text stays: the version is another one, and what it says is not.
      if (version.digest && parent->second.digest == version.digest) return true;
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
  if (store_.epoch() != epoch_) {
    epoch_ = store_.epoch();
    looked_at_ = 0;
    lines_.clear();
    texts_.clear();
  }
  for (const auto& [id, branch] : tables.branches) {
    if (!lines_.contains(id)) lines_.emplace(id, Line{branch.name, branch.fork, branch.copied, {}, {}, {}, {}});
  }
  if (tables.versions.size() < looked_at_) fail("I6", "versions went away within one life");
  while (looked_at_ < tables.versions.size()) look_at_new(tables.versions[looked_at_++].version);
  for (const auto& [id, branch] : tables.branches) {
    if (branch.head != lines_.at(id).head) fail("I6", "the hub's head is not the last of its feed");
    if (branch.head_digest != lines_.at(id).rolling) fail("I6", "the rolling digest is not that of the feed");
  }
}

void Invariants::versions_are_as_they_were() {
  for (const auto& stored : store_.tables().versions) look_at_version(stored.version);
}

void Invariants::hub_restored() {
  // What is not in the backup is lost to the hub, and its change ids may come again.
  restored_ = true;
  answers_.clear();
  version_of_.clear();
  former_texts_[epoch_] = texts_;
  // It had arrived, whatever change it came with; that it is offered again is another matter (law 20).
  std::erase_if(owed_, [&](const auto& owed) { return owed.second.digest && texts_.contains(*owed.second.digest); });
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
