#pragma once

#include <cstddef>
#include <string_view>

#include "merge/outcome.h"

namespace leanspec::merge {

/// Larger documents are not merged: a comparison would take longer than the push that waits for it may.
inline constexpr std::size_t document_bytes_max = 4 * 1024 * 1024;

/// The same reason: at this bound a merge takes some tenths of a second.
inline constexpr std::size_t document_lines_max = 100'000;

/// Merges two edits of one document. `base` is the version that both began from, `later` the side whose write is the
/// later one (it wins single fields, never text). Sees nothing else: the same arguments give the same outcome
/// everywhere, and exchanging the sides together with `later` gives the same text.
///
/// The text is the merged document or nothing at all: where a place cannot be merged without doubt, the outcome has
/// conflicts and a draft, and never a text with markers in it. Every merged body has passed the gate.
[[nodiscard]] Outcome merge_documents(std::string_view base, std::string_view ours, std::string_view theirs,
                                      Side later);

}  // namespace leanspec::merge
