#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace leanspec::compression {

/// `target` as one zstd frame with `base` as prefix (ZSTD_CCtx_refPrefix; "patch-from" of the zstd program); nothing when
/// memory is short. What it takes grows with the two texts, which must not overlap in memory: the caller bounds them.
[[nodiscard]] std::optional<std::string> compress_against(std::string_view base, std::string_view target);

/// The target again, of exactly `size` bytes. Nothing larger is allocated, whatever the frame claims; whether it is the
/// right text is for the caller to see. Errors: too_large (the frame claims more), corrupt, unavailable (memory).
[[nodiscard]] Result<std::string> decompress_against(std::string_view base, std::string_view frame, std::size_t size);

}  // namespace leanspec::compression
