#pragma once

#include <string>
#include <vector>

#include "spec/metadata_change.h"

namespace leanspec::spec {

/// Whether the spec may get this status now (draft and umbrella guards). Error: unsupported.
[[nodiscard]] Status check_status_change(const Spec& spec, SpecStatus status, const ProjectView& view);

/// Whether `targets` may be added to what the spec depends on. Error: invalid.
[[nodiscard]] Status check_new_dependencies(const Spec& spec, const std::vector<std::string>& targets,
                                            const ProjectView& view);

/// Whether the spec, with these dependencies, may go under `parent`. Error: invalid.
[[nodiscard]] Status check_new_parent(const Spec& spec, const std::string& parent,
                                      const std::vector<std::string>& depends_on, const ProjectView& view);

/// Whether it is one line of text that can stand in a field. Error: invalid.
[[nodiscard]] Status check_field_text(const std::string& field, const std::string& text);

}  // namespace leanspec::spec
