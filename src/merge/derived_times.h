#pragma once

#include <string>
#include <string_view>

namespace leanspec::merge {

/// `text` with every derived time of its frontmatter that lies after `now` set to `now` (law 15): a machine whose clock
/// is ahead must not leave a time behind that no later edit can reach. A day stays a day; every other byte stays. `now`
/// in RFC 3339, UTC, ending in "Z". What cannot be edited alone stays as it is.
[[nodiscard]] std::string clamp_derived_times(std::string text, std::string_view now);

}  // namespace leanspec::merge
