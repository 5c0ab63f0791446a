#include "merge/field_values.h"

#include <map>
#include <optional>

#include "spec/frontmatter_fields.h"
#include "spec/spec.h"
#include "spec/timestamp.h"

namespace leanspec::merge {

namespace {

using spec::YamlKind;
using spec::YamlValue;

std::string escaped(std::string_view text) {
  return std::to_string(text.size()) + ':' + std::string(text);
}

/// The instant, without zeros at the end of its fraction; nothing when the text is no time.
std::optional<std::string> instant(std::string_view text) {
  auto time = spec::to_utc_timestamp(text);
  if (!time) return std::nullopt;
  if (time->find('.') == std::string::npos || !time->ends_with('Z')) return time;
  time->pop_back();
  time->resize(time->find_last_not_of('0') + 1);
  if (time->ends_with('.')) time->pop_back();
  return *time + 'Z';
}

std::string scalar_meaning(std::string_view key, std::string_view text) {
  if (key == "status") {
    if (const auto status = spec::parse_status(text)) return std::string(to_string(*status));
  }
  if (key == "priority") {
    if (const auto priority = spec::parse_priority(text)) return std::string(to_string(*priority));
  }
  if (const auto time = instant(text)) return *time;
  return std::string(text);
}

std::string full_meaning(std::string_view key, const YamlValue& value) {
  switch (value.kind) {
    case YamlKind::null:
      return "-";
    case YamlKind::scalar:
      return "s" + escaped(scalar_meaning(key, value.text));
    case YamlKind::list: {
      std::string all = "l";
      for (const YamlValue& item : value.items) all += full_meaning(key, item);
      return all + ".";
    }
    case YamlKind::map: {
      std::map<std::string, std::string> entries;  // their order says nothing
      for (const auto& entry : value.entries) entries[entry.key] = full_meaning(entry.key, entry.value);
      std::string all = "m";
      for (const auto& [name, says] : entries) all += escaped(name) + says;
      return all + ".";
    }
  }
  return {};
}

const YamlValue* entry_of(const YamlValue& map, std::string_view name) {
  for (const auto& entry : map.entries)
    if (entry.key == name) return &entry.value;
  return nullptr;
}

/// A transition is the same when it is to the same status at the same time.
std::string item_id(FieldRole role, std::string_view key, const YamlValue& item) {
  const YamlValue* const status = entry_of(item, "status");
  const YamlValue* const at = entry_of(item, "at");
  if (role != FieldRole::transitions || status == nullptr || at == nullptr) return full_meaning(key, item);
  return "t" + full_meaning("status", *status) + full_meaning("at", *at);
}

}  // namespace

FieldRole role_of(std::string_view key) {
  const std::string name = spec::canonical_key(key);
  if (name == "status" || name == "completed" || name == "completed_at") return FieldRole::state;
  if (name == "transitions") return FieldRole::transitions;
  if (name == "tags" || name == "depends_on" || name == "related") return FieldRole::names;
  if (name == "updated" || name.ends_with("_at")) return FieldRole::derived;
  return FieldRole::plain;
}

std::string meaning(std::string_view key, const YamlValue& value) {
  return full_meaning(spec::canonical_key(key), value);
}

bool is_list_like(std::string_view key, const YamlValue* value) {
  if (value == nullptr || value->kind == YamlKind::list || value->kind == YamlKind::null) return true;
  return value->kind == YamlKind::scalar && role_of(key) == FieldRole::names;
}

std::vector<ListItem> list_items(std::string_view key, const YamlValue* value, std::vector<YamlValue>& storage) {
  std::vector<ListItem> items;
  if (value == nullptr || value->kind == YamlKind::null) return items;
  const std::vector<YamlValue>* all = &value->items;
  if (value->kind == YamlKind::scalar) {
    storage.clear();
    for (std::string& text : spec::split_text_list(value->text)) {
      YamlValue& item = storage.emplace_back();
      item.kind = YamlKind::scalar;
      item.text = std::move(text);
    }
    all = &storage;
  }
  const std::string name = spec::canonical_key(key);
  const FieldRole role = role_of(key);
  std::map<std::string, int> seen;
  for (const YamlValue& item : *all) {
    std::string id = item_id(role, name, item);
    // The second of two equal items is another item.
    if (const int before = seen[id]++; before > 0) id += '#' + std::to_string(before);
    items.push_back({std::move(id), full_meaning(name, item), &item});
  }
  return items;
}

}  // namespace leanspec::merge
