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

enum class Relation { depends_on, parent };

/// More references than this are not followed: a check of one spec answers in milliseconds whatever the project looks
/// like.
inline constexpr std::size_t relation_steps_max = 100'000;

/// The shortest circle of `relation` through `spec`, as ids beginning with its own; the way back to it is left out.
/// Empty when it is on none. A spec that names itself makes no circle.
[[nodiscard]] std::vector<std::string> circle_through(const std::vector<SpecEntryPtr>& all, const Spec& spec,
                                                      Relation relation);

}  // namespace leanspec::spec
