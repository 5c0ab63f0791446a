#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leanspec::simulation {

/// Whether a merged text can be what both sides made of the base, judged without any code of the merge: a word of the
/// body that no text has twice is there if one side added it (twice if both did, in two places), and not if one side
/// took it out. Frontmatter is left out, since there the later write of a field takes the place of the other. Nothing:
/// it can.
[[nodiscard]] std::optional<std::string> wrong_in_merge(std::string_view base, std::string_view ours,
                                                        std::string_view theirs, std::string_view merged);

}  // namespace leanspec::simulation
