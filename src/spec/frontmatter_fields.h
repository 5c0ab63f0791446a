#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/frontmatter.h"
#include "spec/spec.h"

namespace leanspec::spec {

/// "dependsOn", "superseded-by" and "Depends_On" are one name each: lower case with underscores.
[[nodiscard]] std::string canonical_key(std::string_view key);

/// Items of "a, b" and of "[\"a\", 'b']": what the old tools wrote into a quoted text.
[[nodiscard]] std::vector<std::string> split_text_list(std::string_view text);

/// Puts what the frontmatter says into the typed fields of `spec`, in every spelling that LeanSpec ever wrote or
/// accepts (depends_on or dependsOn; lists as blocks, inline, comma text or JSON text; dates or times; quoted or not).
/// What does not fit a field is left out and becomes a finding with its line; nothing else of the file suffers.
void read_fields(const Frontmatter& frontmatter, Spec& spec);

}  // namespace leanspec::spec
