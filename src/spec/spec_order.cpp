#include "spec/spec_order.h"

#include <algorithm>
#include <cstdint>

#include "spec/layout.h"

namespace leanspec::spec {

namespace {

/// Rank in descending order: one less than nothing for "no number", so that it comes last.
std::int64_t descending_rank(std::optional<std::uint32_t> number) {
  return number ? -static_cast<std::int64_t>(*number) : 1;
}

struct Key {
  std::int64_t rank;
  std::string_view id;
};

Key key_of(std::string_view id) {
  return {descending_rank(split_spec_name(id).number), id};
}
Key key_of(const Spec& spec) {
  return {descending_rank(spec.number), spec.id};
}

bool before(const Key& a, const Key& b) {
  return a.rank != b.rank ? a.rank < b.rank : a.id > b.id;
}

}  // namespace

bool listed_before(const Spec& a, const Spec& b) {
  const Key left = key_of(a);
  const Key right = key_of(b);
  if (before(left, right)) return true;
  return !before(right, left) && a.folder < b.folder;
}

bool id_before(std::string_view a, std::string_view b) {
  const auto left = split_spec_name(a).number;
  const auto right = split_spec_name(b).number;
  if (left != right) return left && (!right || *left < *right);
  return a < b;
}

EntryRange entries_of(const std::vector<SpecEntryPtr>& all, std::string_view id) {
  const Key key = key_of(id);
  const auto first = std::lower_bound(all.begin(), all.end(), key, [](const SpecEntryPtr& entry, const Key& k) {
    return before(key_of(*entry->spec), k);
  });
  auto last = first;
  while (last != all.end() && (*last)->spec->id == id) ++last;
  return {first, last};
}

SpecEntryPtr find_entry(const std::vector<SpecEntryPtr>& all, std::string_view id) {
  const auto [first, last] = entries_of(all, id);
  return first == last ? nullptr : *first;
}

}  // namespace leanspec::spec
