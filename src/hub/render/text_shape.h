#pragma once

#include <cstddef>
#include <string_view>

namespace leanspec::hub::render {

/// Link definitions are copied into every use of them, so a small text can ask for gigabytes, and the parser ends the
/// process when it gets none. This much may be copied.
inline constexpr std::size_t definition_copies_bytes_max = 16 * 1024 * 1024;
/// A table's row costs the square of its columns.
inline constexpr std::size_t table_columns_max = 256;
/// Looking for e-mail addresses costs the square of the '@' in a run of text.
inline constexpr std::size_t at_signs_max = 4096;

/// What must be known of a text before the Markdown parser may have it: where its cost would grow faster than the text.
struct TextShape {
  bool definitions_explode = false;
  bool tables_too_wide = false;
  bool too_many_at_signs = false;
};

[[nodiscard]] TextShape shape_of(std::string_view markdown);

}  // namespace leanspec::hub::render
