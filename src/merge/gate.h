#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "merge/merge_body.h"

namespace leanspec::merge {

/// The last word on every merged body. It knows nothing of how the merge was made; it takes the rows as a certificate
/// and checks it against the texts:
///  - undo: the columns of the rows are exactly the base, ours and theirs, and each row follows the rule of three, so
///    that taking one side's edits out of the result leaves exactly the other side;
///  - conservation: every word of the result is there as often as the base's, plus what each side added, minus what
///  each
///    removed, what both did counted once; and a line that one side moved is there as often as the other side has it;
///  - order: moved sections, and any two lines, stand as in the side that changed their order;
///  - structure: code fences, comments, headings, table widths, numbered lists and link definitions are no worse than
///  the
///    sides made them, and no line changed its meaning;
///  - no line is a conflict marker that was not there before.
/// Nothing when the result may be used; else why not, for people.
[[nodiscard]] std::optional<std::string> refuse(const BodyTexts& texts, const BodyMerge& merge);

}  // namespace leanspec::merge
