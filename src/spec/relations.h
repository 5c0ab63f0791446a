#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "spec/project_view.h"

namespace leanspec::spec {

/// One spec whose own texts changed; one side may be null. `after` is not shared with anybody yet.
struct EntryChange {
  SpecEntryPtr before;
  std::shared_ptr<SpecEntry> after;
};

/// True unless work on the spec is over (complete or archived): what depends on it is blocked.
[[nodiscard]] bool is_open(const Spec& spec);

/// Brings children, required_by and blocked of `all` (ordered by listed_before, already with every `after` in its
/// place) up to date after `changes`. An entry is replaced only if one of the three differs, so that all others stay
/// shared with the former view. References to missing specs and to the spec itself relate nothing. Cost: the changed
/// specs and their neighbours; one pass over all for specs that are new; everything when changes are many or a folder
/// name occurs twice.
void relate(std::vector<SpecEntryPtr>& all, std::span<const EntryChange> changes);

/// For every spec on a circle of `depends_on` (or of `parent`): one circle through `id`, beginning with `id`, its end
/// left out. Empty when there is none. Looks at no more than `relation_steps_max` references.
enum class Relation { depends_on, parent };
inline constexpr std::size_t relation_steps_max = 100'000;
[[nodiscard]] std::vector<std::string> circle_through(const std::vector<SpecEntryPtr>& all, const Spec& spec,
                                                      Relation relation);

}  // namespace leanspec::spec
