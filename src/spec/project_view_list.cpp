#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "spec/project_view.h"
#include "spec/spec_order.h"
#include "spec/view_filter.h"
#include "spec/view_index.h"

namespace leanspec::spec {

namespace {

/// Deeper families are shown flat from here on: the tree is walked recursively, and JSON readers bound their depth as
/// well.
constexpr std::size_t hierarchy_depth_max = 12;

std::string to_timestamp(std::int64_t unix_ms) {
  using std::chrono::milliseconds;
  const std::chrono::sys_time<milliseconds> instant{milliseconds{unix_ms}};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const auto digits = [](auto value, std::size_t width) {
    std::string text = std::to_string(value);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
  };
  const std::chrono::hh_mm_ss clock{instant - day};
  return digits(static_cast<int>(date.year()), 4) + '-' + digits(static_cast<unsigned>(date.month()), 2) + '-' +
         digits(static_cast<unsigned>(date.day()), 2) + 'T' + digits(clock.hours().count(), 2) + ':' +
         digits(clock.minutes().count(), 2) + ':' + digits(clock.seconds().count(), 2) + '.' +
         digits(clock.subseconds().count(), 3) + 'Z';
}

/// Comparable text of a time in UTC: without the "Z", so that a time with a fraction comes after the one without.
std::string_view comparable(std::string_view timestamp) {
  return timestamp.ends_with('Z') ? timestamp.substr(0, timestamp.size() - 1) : timestamp;
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// One text to compare by; equal ones keep the order of all().
std::string sort_text(const Spec& spec, SortKey key) {
  const auto time = [&](const std::optional<std::string>& first, const std::optional<std::string>& second) {
    if (first) return std::string(comparable(*first));
    if (second) return std::string(comparable(*second));
    return std::string(comparable(to_timestamp(spec.source.changed_ms)));
  };
  switch (key) {
    case SortKey::number:
      return {};
    case SortKey::updated:
      return time(spec.updated_at, spec.created_at);
    case SortKey::created:
      return time(spec.created_at, std::nullopt);
    case SortKey::title:
      return lower_case(spec.title);
    case SortKey::priority:
      return spec.priority ? std::string(1, static_cast<char>('1' + static_cast<int>(*spec.priority))) : "0";
    case SortKey::status:
      return std::string(1, static_cast<char>('0' + static_cast<int>(spec.shown_status())));
  }
  return {};
}

std::vector<SpecEntryPtr> sorted(const std::vector<SpecEntryPtr>& all, SortKey key, bool descending) {
  if (key == SortKey::number) {
    std::vector<SpecEntryPtr> ascending = all;
    std::stable_sort(ascending.begin(), ascending.end(),
                     [](const auto& a, const auto& b) { return id_before(a->spec->id, b->spec->id); });
    return ascending;
  }
  std::vector<std::pair<std::string, SpecEntryPtr>> keyed;
  keyed.reserve(all.size());
  for (const auto& entry : all) keyed.emplace_back(sort_text(*entry->spec, key), entry);
  std::stable_sort(keyed.begin(), keyed.end(),
                   [&](const auto& a, const auto& b) { return descending ? b.first < a.first : a.first < b.first; });
  std::vector<SpecEntryPtr> order;
  order.reserve(keyed.size());
  for (auto& [text, entry] : keyed) order.push_back(std::move(entry));
  return order;
}

/// The tree below the visible specs, as positions in `visible`.
class Family {
 public:
  explicit Family(const std::vector<SpecEntryPtr>& visible)
      : visible_(visible), parent_(visible.size(), none), children_(visible.size()) {
    std::unordered_map<std::string_view, std::size_t> position;
    for (std::size_t i = visible.size(); i-- > 0;) position[visible[i]->spec->id] = i;
    for (std::size_t i = 0; i < visible.size(); ++i) {
      const auto& parent = visible[i]->spec->parent;
      if (!parent) continue;
      const auto found = position.find(*parent);
      if (found != position.end() && found->second != i) parent_[i] = found->second;
    }
    cut_circles();
    for (std::size_t i = 0; i < visible.size(); ++i) {
      if (parent_[i] != none) children_[parent_[i]].push_back(i);
    }
  }

  [[nodiscard]] std::vector<HierarchyNode> roots() const {
    std::vector<HierarchyNode> nodes;
    for (std::size_t i = 0; i < visible_.size(); ++i) {
      if (parent_[i] == none) nodes.push_back(node(i, 1));
    }
    return nodes;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// On a circle of parents the first listed becomes a root, so that no spec is out of sight.
  void cut_circles() {
    std::vector<std::size_t> seen_on(visible_.size(), none);
    for (std::size_t start = 0; start < visible_.size(); ++start) {
      std::size_t at = start;
      while (at != none && seen_on[at] == none) {
        seen_on[at] = start;
        at = parent_[at];
      }
      if (at != none && seen_on[at] == start) {
        std::size_t first = at;
        for (std::size_t on = parent_[at]; on != at; on = parent_[on]) first = std::min(first, on);
        parent_[first] = none;
      }
    }
  }

  [[nodiscard]] HierarchyNode node(std::size_t at, std::size_t depth) const {
    HierarchyNode made{visible_[at], {}};
    if (depth < hierarchy_depth_max) {
      for (const auto child : children_[at]) made.children.push_back(node(child, depth + 1));
      return made;
    }
    std::vector<std::size_t> below = children_[at];
    for (std::size_t i = 0; i < below.size(); ++i) {
      const auto& more = children_[below[i]];
      below.insert(below.end(), more.begin(), more.end());
    }
    for (const auto child : below) made.children.push_back(HierarchyNode{visible_[child], {}});
    return made;
  }

  const std::vector<SpecEntryPtr>& visible_;
  std::vector<std::size_t> parent_;
  std::vector<std::vector<std::size_t>> children_;
};

std::vector<SpecEntryPtr> matching(const std::vector<SpecEntryPtr>& all, const SpecFilter& filter) {
  std::vector<SpecEntryPtr> found;
  std::copy_if(all.begin(), all.end(), std::back_inserter(found),
               [&](const auto& entry) { return matches(*entry, filter); });
  return found;
}

}  // namespace

bool matches(const SpecEntry& entry, const SpecFilter& filter) {
  const Spec& spec = *entry.spec;
  const auto any_of = [](const auto& wanted, const auto& test) {
    return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), test);
  };
  const auto has_tag = [&](const std::string& tag) {
    return std::find(spec.tags.begin(), spec.tags.end(), tag) != spec.tags.end();
  };
  if (!any_of(filter.status, [&](SpecStatus status) { return spec.shown_status() == status; })) return false;
  if (!any_of(filter.priority, [&](Priority priority) { return spec.priority == priority; })) return false;
  const bool tagged =
      filter.every_tag ? std::all_of(filter.tags.begin(), filter.tags.end(), has_tag) : any_of(filter.tags, has_tag);
  if (!tagged) return false;
  if (filter.assignee && spec.assignee != filter.assignee) return false;
  if (filter.blocked && entry.blocked != *filter.blocked) return false;
  return !filter.with_findings || has_error(spec) == *filter.with_findings;
}

bool has_error(const Spec& spec) {
  return std::any_of(spec.findings.begin(), spec.findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

ListPage ProjectView::list(const ListQuery& query) const {
  const std::vector<SpecEntryPtr>* order = &index_->all;
  if (query.sort != SortKey::number || !query.descending) {
    const auto slot = static_cast<std::size_t>(query.sort) * 2 + (query.descending ? 1 : 0);
    std::call_once(index_->order_once[slot],
                   [&] { index_->orders[slot] = sorted(index_->all, query.sort, query.descending); });
    order = &index_->orders[slot];
  }
  ListPage page;
  for (const auto& entry : *order) {
    if (!matches(*entry, query.filter)) continue;
    if (page.total >= query.offset && page.specs.size() < query.limit) page.specs.push_back(entry);
    ++page.total;
  }
  const bool more = query.offset < page.total && page.specs.size() < page.total - query.offset;
  if (more && !page.specs.empty()) page.next_offset = query.offset + page.specs.size();
  return page;
}

std::vector<BoardColumn> ProjectView::board(const SpecFilter& filter) const {
  std::vector<BoardColumn> columns;
  for (const auto status :
       {SpecStatus::draft, SpecStatus::planned, SpecStatus::in_progress, SpecStatus::complete, SpecStatus::archived}) {
    columns.push_back(BoardColumn{status, {}});
  }
  for (const auto& entry : index_->all) {
    if (matches(*entry, filter)) columns[static_cast<std::size_t>(entry->spec->shown_status())].specs.push_back(entry);
  }
  if (columns.front().specs.empty()) columns.erase(columns.begin());  // drafts are a stage that few projects use
  return columns;
}

std::vector<HierarchyNode> ProjectView::hierarchy(const SpecFilter& filter) const {
  const auto visible = matching(index_->all, filter);
  return Family(visible).roots();
}

}  // namespace leanspec::spec
