#pragma once

#include "spec/frontmatter.h"
#include "spec/spec.h"

namespace leanspec::spec {

/// Puts what the frontmatter says into the typed fields of `spec`, in every spelling that LeanSpec ever wrote or
/// accepts (depends_on or dependsOn; lists as blocks, inline, comma text or JSON text; dates or times; quoted or not).
/// What does not fit a field is left out and becomes a finding with its line; nothing else of the file suffers.
void read_fields(const Frontmatter& frontmatter, Spec& spec);

}  // namespace leanspec::spec
