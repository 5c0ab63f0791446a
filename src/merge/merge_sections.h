#pragma once

#include <optional>

#include "merge/merge_body.h"

namespace leanspec::merge {

/// Merges section by section, when at least one side moved sections: their order three-way, their lines one by one, so
/// that an edit follows its section to its new place. Nothing when no side moved any, or when the sections of the texts
/// cannot be told apart well enough; then lines decide.
[[nodiscard]] std::optional<BodyMerge> merge_sections(const Lines& base, const Lines& ours, const Lines& theirs,
                                                      WordsInLines words, DiffBudget& budget);

}  // namespace leanspec::merge
