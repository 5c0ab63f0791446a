#pragma once

#include <string>
#include <string_view>

namespace leanspec::wire {

/// A text for people as the wire can carry it: bytes that are not UTF-8 become '?', and what exceeds
/// limits::text_bytes_max is cut off at a character. Reasons quote file names and system messages, and a frame must
/// never fail to decode because of them.
[[nodiscard]] std::string shown_text(std::string_view text);

}  // namespace leanspec::wire
