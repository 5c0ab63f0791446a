#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "hub/api/routes.h"
#include "hub/api/spec_edit.h"
#include "spec/checklist.h"
#include "spec/document.h"
#include "spec/layout.h"
#include "spec/metadata_change.h"
#include "text/utf8.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// Three lists of the most items that a list may have, each of the longest.
constexpr std::size_t metadata_body_bytes_max = std::size_t{256} * 1024;
constexpr std::size_t toggles_max = 1000;  // the longest real checklist has 187 items
constexpr std::size_t item_text_bytes_max = 4 * 1024;
constexpr std::size_t checklist_body_bytes_max = std::size_t{1024} * 1024;
/// The largest text that the views show; a larger one is edited on a machine.
constexpr std::size_t raw_text_bytes_max = std::size_t{4} * 1024 * 1024;
/// JSON writes a line end as two bytes; three times the text holds every text that people write.
constexpr std::size_t raw_body_bytes_max = 3 * raw_text_bytes_max;

/// An absent field leaves things as they are; null clears, as an empty text does.
[[nodiscard]] Result<std::optional<std::string>> text_or_clear(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  if (value != nullptr && value->is_null()) return std::optional<std::string>("");
  return Fields(object).optional_text(name, spec::metadata_text_bytes_max);
}

[[nodiscard]] Result<std::optional<std::vector<std::string>>> whole_list(const json::object& object, std::string_view name) {
  if (!object.contains({name.data(), name.size()})) return std::optional<std::vector<std::string>>();
  LEANSPEC_ASSIGN(auto texts, Fields(object).texts(name, spec::metadata_items_max));
  return std::optional(std::move(texts));
}

[[nodiscard]] Result<spec::MetadataChange> requested_change(const json::object& object) {
  const Fields fields(object);
  spec::MetadataChange change;
  LEANSPEC_ASSIGN(change.status, fields.optional_text("status", spec::metadata_text_bytes_max));
  LEANSPEC_ASSIGN(change.priority, text_or_clear(object, "priority"));
  LEANSPEC_ASSIGN(change.assignee, text_or_clear(object, "assignee"));
  LEANSPEC_ASSIGN(change.parent, text_or_clear(object, "parent"));
  LEANSPEC_ASSIGN(change.tags, whole_list(object, "tags"));
  LEANSPEC_ASSIGN(change.add_tags, fields.texts("addTags", spec::metadata_items_max));
  LEANSPEC_ASSIGN(change.remove_tags, fields.texts("removeTags", spec::metadata_items_max));
  LEANSPEC_ASSIGN(change.depends_on, whole_list(object, "dependsOn"));
  LEANSPEC_ASSIGN(change.add_depends_on, fields.texts("addDependsOn", spec::metadata_items_max));
  LEANSPEC_ASSIGN(change.remove_depends_on, fields.texts("removeDependsOn", spec::metadata_items_max));
  LEANSPEC_ASSIGN(const auto force, fields.optional_boolean("force"));
  change.force = force.value_or(false);
  for (const char* name : {"status", "priority", "assignee", "parent", "tags", "addTags", "removeTags", "dependsOn", "addDependsOn",
                           "removeDependsOn"}) {
    if (object.contains(name)) return change;
  }
  return Error(ErrorCode::invalid, "The body names no field to change.", "body",
               "Give status, priority, tags, assignee, dependsOn, parent, or addTags, removeTags, addDependsOn, removeDependsOn.");
}

/// What the frontmatter says now, as LeanSpec answers it: without the fields that it does not have.
[[nodiscard]] json::object frontmatter_json(const spec::Spec& spec) {
  json::object object;
  const auto put = [&](std::string_view name, const std::optional<std::string>& value) {
    if (value) object[name] = *value;
  };
  const auto texts = [](const std::vector<std::string>& values) {
    json::array array;
    for (const std::string& value : values) array.emplace_back(json_text(value));
    return array;
  };
  object["status"] = spec::to_string(spec.shown_status());
  put("created", spec.created);
  if (spec.priority) object["priority"] = spec::to_string(*spec.priority);
  object["tags"] = texts(spec.tags);
  object["dependsOn"] = texts(spec.depends_on);
  put("parent", spec.parent);
  put("assignee", spec.assignee);
  put("createdAt", spec.created_at);
  put("updatedAt", spec.updated_at);
  put("completedAt", spec.completed_at);
  return object;
}

[[nodiscard]] net::Response change_metadata(Services& services, const Call& call) {
  auto object = parse_object(call.request.body);
  if (!object) return error_answer(object.error());
  auto change = requested_change(*object);
  if (!change) return error_answer(change.error());
  auto expected = expected_state(Fields(*object));
  if (!expected) return error_answer(expected.error());
  auto result = edit_file(services, call, spec::main_file, *expected, HashOf::body, [&](const PresentFile& present) {
    return spec::change_metadata(*spec::parse_spec(present.source), *change, *present.at.view, call.now);
  });
  if (auto* refused = std::get_if<net::Response>(&result)) return std::move(*refused);
  const auto& edited = std::get<EditedFile>(result);
  spec::SourceFile source;
  source.path = edited.head.path;
  source.bytes = edited.bytes;
  json::object shown = edited_json(edited, HashOf::body);
  shown["success"] = true;
  shown["specId"] = edited.spec;
  shown["frontmatter"] = frontmatter_json(*spec::parse_spec(std::move(source)));
  return answer(200, shown);
}

[[nodiscard]] Result<std::vector<spec::ChecklistToggle>> requested_toggles(const json::object& object) {
  const json::value* list = object.if_contains("toggles");
  if (list == nullptr || !list->is_array() || list->as_array().empty()) {
    return Error(ErrorCode::invalid, "must be a list of {\"itemText\" or \"line\", \"checked\"}", "toggles");
  }
  if (list->as_array().size() > toggles_max) {
    return Error(ErrorCode::invalid, "has more than " + std::to_string(toggles_max) + " entries", "toggles");
  }
  std::vector<spec::ChecklistToggle> toggles;
  for (const json::value& value : list->as_array()) {
    if (!value.is_object()) return Error(ErrorCode::invalid, "has an entry that is no object", "toggles");
    const Fields fields(value.as_object());
    spec::ChecklistToggle toggle;
    LEANSPEC_ASSIGN(auto text, fields.optional_text("itemText", item_text_bytes_max));
    toggle.text = std::move(text).value_or("");
    LEANSPEC_ASSIGN(const auto line, fields.optional_integer("line", 1, std::numeric_limits<std::uint32_t>::max()));
    if (line) toggle.line = static_cast<std::uint32_t>(*line);
    LEANSPEC_ASSIGN(const auto checked, fields.optional_boolean("checked"));
    if (!checked) return Error(ErrorCode::invalid, "is missing", "checked", "Say true or false.");
    if (!line && toggle.text.empty()) return Error(ErrorCode::invalid, "is missing", "itemText", "Give it, or the line.");
    toggle.checked = *checked;
    toggles.push_back(std::move(toggle));
  }
  return toggles;
}

[[nodiscard]] net::Response toggle_checklist(Services& services, const Call& call) {
  constexpr std::size_t path_bytes_max = 1024;
  auto object = parse_object(call.request.body);
  if (!object) return error_answer(object.error());
  auto toggles = requested_toggles(*object);
  if (!toggles) return error_answer(toggles.error());
  auto expected = expected_state(Fields(*object));
  if (!expected) return error_answer(expected.error());
  auto file = Fields(*object).optional_text("subspec", path_bytes_max);
  if (!file) return error_answer(file.error());
  const std::string name = file->value_or(std::string(spec::main_file));
  std::vector<spec::ToggledItem> items;
  auto result = edit_file(services, call, name, *expected, HashOf::file, [&](const PresentFile& present) -> Result<std::string> {
    LEANSPEC_ASSIGN(auto edit, spec::toggle_checklist(*present.source.bytes, *toggles));
    items = std::move(edit.items);
    return std::move(edit.file);
  });
  if (auto* refused = std::get_if<net::Response>(&result)) return std::move(*refused);
  json::object shown = edited_json(std::get<EditedFile>(result), HashOf::file);
  shown["success"] = true;
  json::array toggled;
  for (const spec::ToggledItem& item : items) {
    toggled.push_back(json::object{{"itemText", json_text(item.text)}, {"checked", item.checked}, {"line", item.line}});
  }
  shown["toggled"] = std::move(toggled);
  return answer(200, shown);
}

/// A text box gives every line end as LF; in a file of CRLF that would be a change of every line (law 13).
[[nodiscard]] std::string with_line_ends_of(std::string_view present, std::string text) {
  if (text.find('\r') != std::string::npos || present.find("\r\n") == std::string_view::npos) return text;
  for (auto at = present.find('\n'); at != std::string_view::npos; at = present.find('\n', at + 1)) {
    if (at == 0 || present[at - 1] != '\r') return text;
  }
  std::string converted;
  for (const char c : text) {
    if (c == '\n') converted += '\r';
    converted += c;
  }
  return converted;
}

[[nodiscard]] net::Response write_raw(Services& services, const Call& call) {
  auto object = parse_object(call.request.body);
  if (!object) return error_answer(object.error());
  if (!object->contains("content")) return error_answer(Error(ErrorCode::invalid, "is missing", "content", "Give the whole text."));
  auto content = Fields(*object).optional_text("content", raw_text_bytes_max);
  if (!content) return error_answer(content.error());
  if (!*content) return error_answer(Error(ErrorCode::invalid, "must be a text", "content"));
  auto expected = expected_state(Fields(*object));
  if (!expected) return error_answer(expected.error());
  const std::string_view named = call.request.capture("file");
  const std::string_view file = named.empty() ? spec::main_file : named;
  auto result = edit_file(services, call, file, *expected, HashOf::file, [&](const PresentFile& present) -> Result<std::string> {
    if (text::first_invalid_utf8(*present.source.bytes)) {
      return Error(ErrorCode::unsupported, "The file is not UTF-8, so what you read was not all of it", "content",
                   "Edit it on a machine that has it");
    }
    return with_line_ends_of(*present.source.bytes, **content);
  });
  if (auto* refused = std::get_if<net::Response>(&result)) return std::move(*refused);
  const auto& edited = std::get<EditedFile>(result);
  json::object shown = edited_json(edited, HashOf::file);
  shown["content"] = json_text(*edited.bytes);
  shown["filePath"] = edited.head.path;
  return answer(200, shown);
}

}  // namespace

void bind_edits(Binder& binder) {
  Services& services = binder.services();
  const auto with = [&services](net::Response (*handle)(Services&, const Call&)) {
    return [&services, handle](const Call& call) { return handle(services, call); };
  };
  using access::Action;
  using net::Method;
  const std::string spec = "/api/projects/{project}/specs/{spec}";
  binder.call(Method::patch, spec + "/metadata", Action::specs_write, metadata_body_bytes_max, with(change_metadata));
  binder.call(Method::post, spec + "/checklist-toggle", Action::specs_write, checklist_body_bytes_max, with(toggle_checklist));
  for (const Method method : {Method::patch, Method::put}) {
    binder.call(method, spec + "/raw", Action::specs_write, raw_body_bytes_max, with(write_raw));
    binder.call(method, spec + "/subspecs/{file}/raw", Action::specs_write, raw_body_bytes_max, with(write_raw));
  }
}

}  // namespace leanspec::hub::api
