#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace leanspec::compression {

/// `bytes` as one zstd frame (RFC 8878) that names its content size. Level 3: the level at which a spec of 7 KB takes
/// about 40 us. The working memory is kept per thread and used again.
[[nodiscard]] std::string compress(std::string_view bytes);

/// The content of one zstd frame. A claimed size over `limit` is refused before anything is decompressed, and what
/// really comes out is cut off at `limit`; memory grows with what came out, not with what was claimed. Errors:
/// too_large, corrupt (not a frame, cut short, or followed by more).
[[nodiscard]] Result<std::string> decompress(std::string_view frame, std::size_t limit);

}  // namespace leanspec::compression
