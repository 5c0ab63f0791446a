#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "merge/markdown_lines.h"

namespace leanspec::merge {

/// What can be broken in a Markdown text without any line being wrong.
enum class Defect { open_fence, open_comment, table_width, list_number, repeated_definition };
inline constexpr std::size_t defect_kinds = 5;

using Defects = std::array<std::size_t, defect_kinds>;

/// How often each defect is in the text.
[[nodiscard]] Defects count_defects(std::span<const std::string_view> lines, std::span<const LineTraits> traits);

[[nodiscard]] std::string_view to_string(Defect defect);

}  // namespace leanspec::merge
