#include <iterator>
#include <utility>

#include "spec/validation.h"
#include "spec/view_index.h"

namespace leanspec::spec {

Validation ProjectView::validate(const SpecEntry& entry) const {
  const Spec& spec = *entry.spec;
  Validation validation;
  validation.findings = spec.findings;
  const auto add = [&](std::vector<Finding> more) {
    validation.findings.insert(validation.findings.end(), std::make_move_iterator(more.begin()),
                               std::make_move_iterator(more.end()));
  };
  add(check_frontmatter(spec));
  std::call_once(entry.memory->structure_once, [&] { entry.memory->structure = check_structure(spec); });
  add(entry.memory->structure);
  if (auto length = check_length(body_tokens(entry).count)) validation.findings.push_back(std::move(*length));
  add(check_relations(*this, spec));
  validation.verdict = verdict_of(validation.findings);
  return validation;
}

}  // namespace leanspec::spec
