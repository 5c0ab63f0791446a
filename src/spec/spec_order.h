#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "spec/project_view.h"

namespace leanspec::spec {

/// The order of ProjectView::all(): number descending (without a number last), then id descending as LeanSpec
/// lists them, then folder.
[[nodiscard]] bool listed_before(const Spec& a, const Spec& b);

/// The order of relations: number ascending (without a number last), then id.
[[nodiscard]] bool id_before(std::string_view a, std::string_view b);

/// The entries of that id within a list ordered by `listed_before`; more than one where folders of different places
/// share a name.
using EntryRange = std::pair<std::vector<SpecEntryPtr>::const_iterator, std::vector<SpecEntryPtr>::const_iterator>;
[[nodiscard]] EntryRange entries_of(const std::vector<SpecEntryPtr>& all, std::string_view id);

/// The first entry of that id, or null.
[[nodiscard]] SpecEntryPtr find_entry(const std::vector<SpecEntryPtr>& all, std::string_view id);

}  // namespace leanspec::spec
