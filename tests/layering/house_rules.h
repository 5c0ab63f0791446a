#pragma once

#include <string>
#include <vector>

#include "tests/layering/source_tokens.h"

namespace leanspec::layering {

/// The word in a file's name that says nothing about what the file is (util, helper, common, manager, misc), or an
/// empty text.
[[nodiscard]] std::string empty_word_in(const std::string& path);

/// `$1::text` is one parameter with an odd name to SQLite, silently: SQL casts are written CAST($1 AS TEXT). Finds `::`
/// in string literals that hold SQL.
[[nodiscard]] std::vector<Finding> lint_sql_casts(const std::string& path, const std::vector<Token>& tokens);

/// Files longer than this are reported: 350 lines is what one noun takes, measured over the tidiest codebases of this
/// kind.
constexpr int lines_expected_max = 350;

/// Product files longer than this fail: beyond it a file holds two nouns.
constexpr int lines_allowed_max = 600;

[[nodiscard]] int count_lines(const std::string& text);

}  // namespace leanspec::layering
