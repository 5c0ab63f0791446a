#pragma once

#include <string>
#include <vector>

#include "tests/layering/source_tokens.h"

namespace leanspec::layering {

/// Refuses the coroutine expressions that g++ 12 miscompiles (double free at run time, or a compile error), measured on
/// g++ 12.2:
///   1. an aggregate made in place in an expression with co_await: `co_await f(Agg{...})`, `f({.n = 5})`, `f({})`
///   2. the same inside another temporary: `co_await f(std::optional<Agg>(Agg{}))`
///   3. a capturing lambda coroutine that is called where it stands: `co_await [x]() -> awaitable<void> {...}()`
///   4. a braced list: `co_await f(std::vector<std::string>{"a", "b"})`
/// The lint cannot know which type is an aggregate, so it refuses every brace that is not a lambda's body in a
/// statement with co_await: write `Type(5)` for types with a constructor, or name the value first and move it in. Files
/// without co_await have no findings.
[[nodiscard]] std::vector<Finding> lint_coroutines(const std::string& path, const std::vector<Token>& tokens);

}  // namespace leanspec::layering
