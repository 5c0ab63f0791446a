#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <unordered_set>

#include "spec/project_view.h"
#include "spec/view_filter.h"
#include "spec/view_index.h"

namespace leanspec::spec {

namespace {

using NameCounts = std::map<std::string_view, std::size_t>;

/// Most used first, then by name.
std::vector<NameCount> ranked(const NameCounts& counts) {
  std::vector<NameCount> ranks;
  ranks.reserve(counts.size());
  for (const auto& [name, count] : counts) ranks.push_back(NameCount{std::string(name), count});
  std::stable_sort(ranks.begin(), ranks.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return ranks;
}

Stats count(const std::vector<SpecEntryPtr>& all) {
  Stats stats;
  std::array<std::size_t, 5> by_status{};
  std::array<std::size_t, 4> by_priority{};
  NameCounts tags;
  NameCounts assignees;
  for (const auto& entry : all) {
    const Spec& spec = *entry->spec;
    ++by_status[static_cast<std::size_t>(spec.shown_status())];
    if (!spec.status) ++stats.without_status;
    if (spec.priority) {
      ++by_priority[static_cast<std::size_t>(*spec.priority)];
    } else {
      ++stats.without_priority;
    }
    for (const auto& tag : spec.tags) ++tags[tag];
    if (spec.assignee) ++assignees[*spec.assignee];
    if (has_error(spec)) ++stats.with_findings;
  }
  stats.total = all.size();
  for (std::size_t i = 0; i < by_status.size(); ++i)
    stats.by_status.push_back({static_cast<SpecStatus>(i), by_status[i]});
  for (std::size_t i = 0; i < by_priority.size(); ++i)
    stats.by_priority.push_back({static_cast<Priority>(i), by_priority[i]});
  stats.by_tag = ranked(tags);
  stats.by_assignee = ranked(assignees);
  if (stats.total > 0) {
    const auto complete = by_status[static_cast<std::size_t>(SpecStatus::complete)];
    stats.completion_rate = 100.0 * static_cast<double>(complete) / static_cast<double>(stats.total);
  }
  return stats;
}

}  // namespace

Stats ProjectView::stats() const {
  std::call_once(index_->stats_once, [&] { index_->stats = count(index_->all); });
  return index_->stats;
}

std::vector<DependencyEdge> ProjectView::dependencies() const {
  std::unordered_set<std::string_view> ids;
  ids.reserve(index_->all.size());
  for (const auto& entry : index_->all) ids.insert(entry->spec->id);
  std::vector<DependencyEdge> edges;
  for (auto entry = index_->all.rbegin(); entry != index_->all.rend(); ++entry) {
    const Spec& spec = *(*entry)->spec;
    for (auto id = spec.depends_on.begin(); id != spec.depends_on.end(); ++id) {
      const bool repeated = std::find(spec.depends_on.begin(), id, *id) != id;
      if (*id == spec.id || repeated || !ids.contains(*id)) continue;
      edges.push_back(DependencyEdge{*id, spec.id});
    }
  }
  return edges;
}

}  // namespace leanspec::spec
