#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/digest.h"
#include "vocabulary/result.h"

namespace leanspec::wire {

/// `target` as a zstd frame with `base` as prefix (ZSTD_CCtx_refPrefix); nothing when it would not save enough over the
/// whole body or one of the two is larger than limits::delta_document_bytes_max. The two must not overlap in memory.
[[nodiscard]] std::optional<std::string> make_delta(std::string_view base, std::string_view target);

/// The target again, verified by its digest. Errors: corrupt, too_large (more than `size` bytes come out).
[[nodiscard]] Result<std::string> apply_delta(std::string_view base, std::string_view delta, std::size_t size,
                                              const Digest& expected);

}  // namespace leanspec::wire
