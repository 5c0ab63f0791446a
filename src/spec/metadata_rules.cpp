#include "spec/metadata_rules.h"

#include <algorithm>

#include "spec/relations.h"
#include "spec/spec_order.h"

namespace leanspec::spec {

namespace {

constexpr std::size_t names_shown_max = 5;  // of children or of a circle: the message is read by people
constexpr std::size_t parents_max = 1000;   // deeper is a circle or a joke

std::string joined(const std::vector<std::string>& names, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < names_shown_max; ++i) {
    if (i > 0) text += between;
    text += names[i];
  }
  if (names.size() > names_shown_max) text += " and " + std::to_string(names.size() - names_shown_max) + " more";
  return text;
}

Status refuse(std::string what, const char* field, std::string remedy = {}) {
  return Error(ErrorCode::invalid, std::move(what), field, std::move(remedy));
}

Status check_exists(const std::string& target, const char* field, const ProjectView& view) {
  if (find_entry(view.all(), target) != nullptr) return {};
  const SpecEntryPtr similar = view.find(target);
  return refuse("There is no spec '" + target + "'", field,
                similar ? "Did you mean '" + similar->spec->id + "'?" : "Give the name of its folder");
}

/// Whether `above` is the spec's parent, or a parent of it, beginning with `parent`.
bool is_above(const std::string& above, std::optional<std::string> parent, const ProjectView& view) {
  for (std::size_t steps = 0; parent && steps < parents_max; ++steps) {
    if (*parent == above) return true;
    const SpecEntryPtr entry = find_entry(view.all(), *parent);
    parent = entry ? entry->spec->parent : std::nullopt;
  }
  return false;
}

std::string circle_text(const std::vector<std::string>& circle) {
  return joined(circle, " \u2192 ") + " \u2192 " + circle.front();
}

}  // namespace

Status check_field_text(const std::string& field, const std::string& text) {
  if (text.size() > metadata_text_bytes_max) {
    return Error(ErrorCode::invalid, "is longer than " + std::to_string(metadata_text_bytes_max) + " bytes", field);
  }
  const bool control =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (control) return Error(ErrorCode::invalid, "must be one line of text", field);
  const auto is_blank = [](char c) { return c == ' '; };
  if (!text.empty() && (is_blank(text.front()) || is_blank(text.back())))
    return Error(ErrorCode::invalid, "must not begin or end with a blank", field);
  return {};
}

Status check_status_change(const Spec& spec, SpecStatus status, const ProjectView& view) {
  const bool works = status == SpecStatus::in_progress || status == SpecStatus::complete;
  if (spec.status == SpecStatus::draft && works) {
    return Error(ErrorCode::unsupported,
                 "A draft cannot be " + std::string(to_string(status)) + " before it is planned", "status",
                 "Set it to planned first, or use force");
  }
  if (status != SpecStatus::complete) return {};
  const SpecEntryPtr entry = find_entry(view.all(), spec.id);
  std::vector<std::string> open;
  for (const std::string& child : entry ? entry->children : std::vector<std::string>()) {
    const SpecEntryPtr found = find_entry(view.all(), child);
    if (found && is_open(*found->spec))
      open.push_back(child + " (" + std::string(to_string(found->spec->shown_status())) + ")");
  }
  if (open.empty()) return {};
  return Error(ErrorCode::unsupported, "An umbrella cannot be complete before its children are: " + joined(open, ", "),
               "status", "Complete or archive them first, or use force");
}

Status check_new_dependencies(const Spec& spec, const std::vector<std::string>& targets, const ProjectView& view) {
  for (const std::string& target : targets) {
    if (target == spec.id) return refuse("A spec cannot depend on itself", "dependsOn");
    LEANSPEC_TRY(check_exists(target, "dependsOn", view));
    const SpecEntryPtr entry = find_entry(view.all(), target);
    if (is_above(target, spec.parent, view) || is_above(spec.id, entry->spec->parent, view)) {
      return refuse("'" + target + "' is above or below this spec: one of the two would wait for the other for ever",
                    "dependsOn", "An umbrella waits for its children without a dependency");
    }
    Spec with = spec;
    with.depends_on = {target};
    const auto circle = circle_through(view.all(), with, Relation::depends_on);
    if (!circle.empty()) return refuse("The dependencies would go round: " + circle_text(circle), "dependsOn");
  }
  return {};
}

Status check_new_parent(const Spec& spec, const std::string& parent, const std::vector<std::string>& depends_on,
                        const ProjectView& view) {
  if (parent == spec.id) return refuse("A spec cannot be its own parent", "parent");
  LEANSPEC_TRY(check_exists(parent, "parent", view));
  Spec under = spec;
  under.parent = parent;
  const auto circle = circle_through(view.all(), under, Relation::parent);
  if (!circle.empty()) return refuse("The parents would go round: " + circle_text(circle), "parent");
  const auto above = std::find_if(depends_on.begin(), depends_on.end(),
                                  [&](const std::string& target) { return is_above(target, parent, view); });
  if (above != depends_on.end())
    return refuse("This spec depends on '" + *above + "', which would be above it", "parent",
                  "Take the dependency out first");
  const SpecEntryPtr entry = find_entry(view.all(), parent);
  const auto& waits = entry->spec->depends_on;
  if (std::find(waits.begin(), waits.end(), spec.id) != waits.end())
    return refuse("'" + parent + "' depends on this spec", "parent", "Take that dependency out first");
  return {};
}

}  // namespace leanspec::spec
