#pragma once

#include <cstddef>
#include <string_view>

#include "spec/project_view.h"

namespace leanspec::spec {

/// Of a longer text only this much is counted and the rest estimated in proportion: half a second of work, and a text
/// of a million tokens is over every threshold anyway.
inline constexpr std::size_t counted_bytes_max = 4 * 1024 * 1024;

/// Tokens of `text` in OpenAI's cl100k_base; a special token such as <|endoftext|> counts as one, as LeanSpec counts.
[[nodiscard]] std::size_t count_tokens(std::string_view text);

/// The badge for so many tokens: optimal up to 2000, good up to 3500, warning up to 5000, else critical.
[[nodiscard]] TokenStatus token_status(std::size_t tokens);

/// LeanSpec's breakdown of a whole spec file, equal to the figures that its server gives. Its rules, kept for equality:
/// the content begins right behind the closing '---' (so it holds the line break that `body` does not), fenced code is
/// counted per block and belongs to no section, checklists and prose are counted line by line, a section is the text
/// below a level-2 heading without the heading, and empty lines and level-1 headings are neither checklist nor prose.
[[nodiscard]] TokenReport count_spec_tokens(std::string_view file, std::string_view body);

}  // namespace leanspec::spec
