#pragma once

#include <cstddef>
#include <string_view>

namespace leanspec::bridge::engine {

/// How many lines of `text` git puts around what it could not merge: `<<<<<<<` and `>>>>>>>` (and `|||||||`), seven of
/// them at the start of a line, then a space or nothing. A line of seven `=` alone is a heading in Markdown; it counts
/// only beside those.
[[nodiscard]] std::size_t conflict_marker_lines(std::string_view text);

}  // namespace leanspec::bridge::engine
