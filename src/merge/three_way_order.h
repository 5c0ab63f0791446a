#pragma once

#include <algorithm>
#include <vector>

#include "merge/outcome.h"

namespace leanspec::merge {

/// Merges the order of three sets: what both kept or either added, each thing once. The side that changed the order of
/// what was there decides it (both: the later one); what the other added stands behind the same thing as there.
template <typename Id>
[[nodiscard]] std::vector<Id> three_way_order(const std::vector<Id>& base, const std::vector<Id>& ours,
                                              const std::vector<Id>& theirs, Side later) {
  const auto has = [](const std::vector<Id>& set, const Id& id) {
    return std::find(set.begin(), set.end(), id) != set.end();
  };
  const auto place = [&](const Id& id) { return std::find(base.begin(), base.end(), id); };
  const auto reordered = [&](const std::vector<Id>& side) {
    auto last = base.begin();
    for (const Id& id : side) {
      const auto at = place(id);
      if (at == base.end()) continue;
      if (at < last) return true;
      last = at;
    }
    return false;
  };
  const std::vector<Id>& last = later == Side::ours ? ours : theirs;
  const std::vector<Id>& first = later == Side::ours ? theirs : ours;
  const bool by_first = reordered(first) && !reordered(last);
  const std::vector<Id>& skeleton = by_first ? first : last;
  const std::vector<Id>& other = by_first ? last : first;
  std::vector<Id> merged;
  for (const Id& id : skeleton)
    if (has(other, id) || !has(base, id)) merged.push_back(id);
  auto behind = merged.begin();
  for (const Id& id : other) {
    const auto at = std::find(merged.begin(), merged.end(), id);
    if (at != merged.end()) {
      behind = at + 1;
    } else if (!has(base, id)) {
      // What the later side added at the same point comes behind what the earlier one added.
      while (by_first && behind != merged.end() && !has(base, *behind)) ++behind;
      behind = merged.insert(behind, id) + 1;
    }
  }
  return merged;
}

}  // namespace leanspec::merge
