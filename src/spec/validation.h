#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "spec/project_view.h"
#include "spec/spec.h"

namespace leanspec::spec {

/// LeanSpec's bounds for a body, in tokens.
inline constexpr std::size_t body_tokens_max = 5000;
inline constexpr std::size_t body_tokens_warned_above = 3500;

/// The rules of LeanSpec's validators, with its messages. What the parse found already is not repeated.
[[nodiscard]] std::vector<Finding> check_frontmatter(const Spec& spec);
/// Headings of the body: one title, no empty level-2 section (deeper headings count as content; code fences are
/// skipped).
[[nodiscard]] std::vector<Finding> check_structure(const Spec& spec);
[[nodiscard]] std::optional<Finding> check_length(std::size_t body_tokens);

/// References to specs that do not exist, and circles of references; ours, LeanSpec's server lets them pass.
[[nodiscard]] std::vector<Finding> check_relations(const ProjectView& view, const Spec& spec);

/// Fail with any error, warn with any warning, else pass.
[[nodiscard]] Verdict verdict_of(std::span<const Finding> findings);

}  // namespace leanspec::spec
