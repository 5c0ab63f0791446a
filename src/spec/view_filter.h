#pragma once

#include "spec/project_view.h"

namespace leanspec::spec {

/// True when the spec passes every part of the filter; an empty part lets everything pass.
[[nodiscard]] bool matches(const SpecEntry& entry, const SpecFilter& filter);

/// True when its file has an error: the frontmatter cannot be read, or a field that LeanSpec needs is missing or wrong.
[[nodiscard]] bool has_error(const Spec& spec);

}  // namespace leanspec::spec
