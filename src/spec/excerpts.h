#pragma once

#include <cstddef>
#include <vector>

#include "spec/search.h"

namespace leanspec::spec {

inline constexpr std::size_t excerpts_max = 3;
/// Two lines on a screen; longer lines are cut around what was found, on character boundaries.
inline constexpr std::size_t excerpt_bytes_max = 240;

/// The places that show why `query` matches: the title if it has a mark, then the lines with the most different terms,
/// the body before the sub-specs, upper lines first.
[[nodiscard]] std::vector<Excerpt> excerpts(const PreparedQuery& query, const Spec& spec, const TextIndex& text);

}  // namespace leanspec::spec
