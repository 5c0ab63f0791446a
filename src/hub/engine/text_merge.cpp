#include "hub/engine/text_merge.h"

#include <algorithm>
#include <utility>

#include "digest/sha256.h"
#include "merge/derived_times.h"
#include "merge/merge_documents.h"

namespace leanspec::hub::engine {

namespace {

/// More places than this are counted, not named.
constexpr std::size_t places_named_max = 3;

}  // namespace

std::string place_name(const merge::Conflict& conflict) {
  switch (conflict.kind) {
    case merge::ConflictKind::field:
      return "the field " + conflict.field;
    case merge::ConflictKind::frontmatter:
      return "the frontmatter";
    case merge::ConflictKind::document:
      return "the whole document";
    case merge::ConflictKind::text:
      break;
  }
  const auto first = conflict.ours.lines.begin + 1;
  const auto last = std::max(conflict.ours.lines.end, first);
  return first == last ? "line " + std::to_string(first)
                       : "lines " + std::to_string(first) + " to " + std::to_string(last);
}

MergedText merge_texts(const MergeWork& work) {
  MergedText merged;
  merged.key = work.key;
  auto outcome = merge::merge_documents(work.base, work.head, work.pushed, work.key.later);
  if (!outcome.clean()) {
    merged.why_not = sentence(outcome.conflicts);
    return merged;
  }
  merged.text = merge::clamp_derived_times(std::move(outcome.text), to_rfc3339(work.now));
  merged.digest = digest::sha256(*merged.text);
  return merged;
}

std::string sentence(const std::vector<merge::Conflict>& conflicts) {
  std::string places;
  const auto named = std::min(conflicts.size(), places_named_max);
  for (std::size_t i = 0; i < named; ++i) {
    if (i > 0) places += i + 1 == conflicts.size() ? " and " : ", ";
    places += place_name(conflicts[i]);
  }
  if (named < conflicts.size()) places += " and " + std::to_string(conflicts.size() - named) + " more places";
  std::string text = "changed here and elsewhere in the same place: " + places;
  if (conflicts.size() == 1 && !conflicts[0].why.empty()) text += " (" + conflicts[0].why + ")";
  return text;
}

}  // namespace leanspec::hub::engine
