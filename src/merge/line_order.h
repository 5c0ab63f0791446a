#pragma once

#include "merge/merge_body.h"

namespace leanspec::merge {

/// Whether any two lines of the result stand to each other as in the side that changed their order. Only lines that are
/// in all four texts, once in each, tell. False also when both sides moved more than can be looked at.
[[nodiscard]] bool keeps_order(const BodyTexts& texts, const TextLines& result);

}  // namespace leanspec::merge
