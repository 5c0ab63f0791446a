// What went on from what, by who is whose parent: the hub itself goes by when a former life made it (law 20).
#include <algorithm>
#include <vector>

#include "tests/simulation/invariants.h"

namespace leanspec::simulation {

template <typename Is>
bool Invariants::any_ancestor(const VersionId& version, const Is& is) const {
  std::vector<VersionId> ahead{version};
  std::set<VersionId> been;
  while (!ahead.empty()) {
    const VersionId id = ahead.back();
    ahead.pop_back();
    const auto& life = former_versions_.contains(id) ? former_versions_ : seen_versions_;
    const auto found = life.find(id);
    if (found == life.end() || !been.insert(id).second) continue;
    const store::Version& ancestor = found->second;
    if (is(ancestor)) return true;
    if (ancestor.parent) ahead.push_back(*ancestor.parent);
    if (ancestor.second_parent) ahead.push_back(*ancestor.second_parent);
  }
  return false;
}

bool Invariants::went_on_from(const VersionId& version, const std::optional<Digest>& text) const {
  return any_ancestor(version, [&](const store::Version& ancestor) { return ancestor.digest == text; });
}

bool Invariants::has_taken_in(const VersionId& version, const std::optional<Digest>& text) const {
  return any_ancestor(version, [&](const store::Version& ancestor) {
    if (!ancestor.replica || !ancestor.change) return false;
    const auto asked = asked_.find({*ancestor.replica, *ancestor.change});
    return asked != asked_.end() && asked->second.former && went_on_from(asked->second.former->version, text);
  });
}

bool Invariants::went_into_what_was_offered_again(const Digest& text) const {
  const auto took_it_in = [&](const auto& head) { return has_taken_in(head.second, text); };
  return std::any_of(lines_.begin(), lines_.end(), [&](const auto& line) {
    const auto& heads = line.second.heads;
    return std::any_of(heads.begin(), heads.end(), took_it_in);
  });
}

}  // namespace leanspec::simulation
