#include "spec/relations.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "spec/spec_order.h"

namespace leanspec::spec {

namespace {

using Ids = std::set<std::string, std::less<>>;

constexpr std::size_t incremental_changes_max =
    32;  // beyond it one pass over everything is cheaper than many small searches

struct Links {
  std::vector<std::string> children;
  std::vector<std::string> required_by;
};

bool refers(const std::vector<std::string>& ids, std::string_view id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

/// Calls `depends(target)` and `child_of(target)` for every reference to another spec.
template <typename Depends, typename ChildOf>
void for_each_reference(const Spec& spec, Depends depends, ChildOf child_of) {
  for (const auto& target : spec.depends_on) {
    if (target != spec.id) depends(target);
  }
  if (spec.parent && *spec.parent != spec.id) child_of(*spec.parent);
}

void put_in_order(std::vector<std::string>& ids) {
  std::sort(ids.begin(), ids.end(), id_before);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

bool is_blocked(const std::vector<SpecEntryPtr>& all, const Spec& spec) {
  return std::any_of(spec.depends_on.begin(), spec.depends_on.end(), [&](const std::string& id) {
    if (id == spec.id) return false;
    const auto dependency = find_entry(all, id);
    return dependency && is_open(*dependency->spec);
  });
}

void put(SpecEntryPtr& place, Links links, bool blocked) {
  put_in_order(links.children);
  put_in_order(links.required_by);
  if (place->children == links.children && place->required_by == links.required_by && place->blocked == blocked) return;
  auto entry = std::make_shared<SpecEntry>(*place);
  entry->children = std::move(links.children);
  entry->required_by = std::move(links.required_by);
  entry->blocked = blocked;
  place = std::move(entry);
}

void relate_everything(std::vector<SpecEntryPtr>& all) {
  std::unordered_map<std::string_view, Links> links;
  std::unordered_set<std::string_view> open;
  links.reserve(all.size());
  // The order is reversed so that of several folders of one name the first listed decides, as in find_entry.
  for (auto entry = all.rbegin(); entry != all.rend(); ++entry) {
    const Spec& spec = *(*entry)->spec;
    if (is_open(spec)) {
      open.insert(spec.id);
    } else {
      open.erase(spec.id);
    }
    for_each_reference(
        spec, [&](const std::string& target) { links[target].required_by.push_back(spec.id); },
        [&](const std::string& target) { links[target].children.push_back(spec.id); });
  }
  for (auto& place : all) {
    const auto spec = place->spec;
    const bool blocked = std::any_of(spec->depends_on.begin(), spec->depends_on.end(),
                                     [&](const std::string& id) { return id != spec->id && open.contains(id); });
    const auto found = links.find(spec->id);
    put(place, found == links.end() ? Links{} : found->second, blocked);
  }
}

class IncrementalRelations {
 public:
  IncrementalRelations(std::vector<SpecEntryPtr>& all, std::span<const EntryChange> changes)
      : all_(all), changes_(changes) {}

  /// False: not for this way, relate everything.
  bool run() {
    for (const auto& change : changes_) note(change);
    if (changed_.size() != changes_.size()) return false;
    for (const auto& change : changes_) {  // another folder of that name may be left and speak for the id
      if (!change.after && find_entry(all_, change.before->spec->id)) return false;
    }
    collect_references_to_newcomers();
    for (const auto& id : dirty_) {
      const auto [first, last] = entries_of(all_, id);
      if (last - first > 1) return false;
    }
    for (const auto& id : dirty_) update(id);
    return true;
  }

 private:
  void note(const EntryChange& change) {
    const Spec* const before = change.before ? change.before->spec.get() : nullptr;
    const Spec* const after = change.after ? change.after->spec.get() : nullptr;
    const std::string& id = before != nullptr ? before->id : after->id;
    changed_.insert(id);
    dirty_.insert(id);
    if (before == nullptr) newcomers_.insert(id);
    for (const Spec* const spec : {before, after}) {
      if (spec == nullptr) continue;
      const auto touch = [&](const std::string& target) { dirty_.insert(target); };
      for_each_reference(*spec, touch, touch);
    }
    const bool was_open = before != nullptr && is_open(*before);
    const bool now_open = after != nullptr && is_open(*after);
    if (was_open != now_open && change.before)
      dirty_.insert(change.before->required_by.begin(), change.before->required_by.end());
  }

  /// A spec that is new may have been named by others before it existed.
  void collect_references_to_newcomers() {
    if (newcomers_.empty()) return;
    for (const auto& entry : all_) {
      const Spec& spec = *entry->spec;
      for_each_reference(
          spec,
          [&](const std::string& target) {
            if (!newcomers_.contains(target)) return;
            to_newcomers_[target].required_by.push_back(spec.id);
            dirty_.insert(spec.id);
          },
          [&](const std::string& target) {
            if (newcomers_.contains(target)) to_newcomers_[target].children.push_back(spec.id);
          });
    }
  }

  void update(const std::string& id) {
    const auto [first, last] = entries_of(all_, id);
    if (first == last) return;
    SpecEntryPtr& place = all_[static_cast<std::size_t>(first - all_.cbegin())];
    Links links;
    if (newcomers_.contains(id)) {
      links = std::move(to_newcomers_[id]);
    } else {
      const auto unchanged = [&](const std::string& other) { return !changed_.contains(other); };
      std::copy_if(place->children.begin(), place->children.end(), std::back_inserter(links.children), unchanged);
      std::copy_if(place->required_by.begin(), place->required_by.end(), std::back_inserter(links.required_by),
                   unchanged);
      for (const auto& change : changes_) {
        if (!change.after || change.after->spec->id == id) continue;
        const Spec& spec = *change.after->spec;
        if (refers(spec.depends_on, id)) links.required_by.push_back(spec.id);
        if (spec.parent == id) links.children.push_back(spec.id);
      }
    }
    const bool blocked = is_blocked(all_, *place->spec);
    put(place, std::move(links), blocked);
  }

  std::vector<SpecEntryPtr>& all_;
  std::span<const EntryChange> changes_;
  Ids changed_;
  Ids newcomers_;
  Ids dirty_;
  std::unordered_map<std::string, Links> to_newcomers_;
};

}  // namespace

bool is_open(const Spec& spec) {
  const SpecStatus status = spec.shown_status();
  return status != SpecStatus::complete && status != SpecStatus::archived;
}

void relate(std::vector<SpecEntryPtr>& all, std::span<const EntryChange> changes) {
  const bool few = changes.size() <= incremental_changes_max;
  if (few && IncrementalRelations(all, changes).run()) return;
  relate_everything(all);
}

std::vector<std::string> circle_through(const std::vector<SpecEntryPtr>& all, const Spec& spec, Relation relation) {
  // Breadth first from the spec's own references back to the spec, so that the shortest circle is the one that is told.
  std::unordered_map<std::string_view, std::string_view> reached_from;
  std::vector<SpecEntryPtr> kept;  // keeps the ids in `reached_from` alive
  std::vector<const Spec*> frontier{&spec};
  std::size_t steps = 0;
  for (std::size_t at = 0; at < frontier.size(); ++at) {
    const Spec& from = *frontier[at];
    std::vector<std::string_view> targets;
    if (relation == Relation::depends_on) {
      targets.assign(from.depends_on.begin(), from.depends_on.end());
    } else if (from.parent) {
      targets.push_back(*from.parent);
    }
    for (const auto target : targets) {
      if (++steps > relation_steps_max) return {};
      if (target == from.id) continue;  // a spec that names itself has a finding of its own
      if (target == spec.id) {
        std::vector<std::string> circle;
        for (std::string_view id = from.id; id != spec.id; id = reached_from.at(id)) circle.emplace_back(id);
        circle.push_back(spec.id);
        std::reverse(circle.begin(), circle.end());
        return circle;
      }
      if (reached_from.contains(target)) continue;
      const auto entry = find_entry(all, target);
      if (!entry) continue;
      reached_from.emplace(entry->spec->id, from.id);
      frontier.push_back(entry->spec.get());
      kept.push_back(entry);
    }
  }
  return {};
}

}  // namespace leanspec::spec
