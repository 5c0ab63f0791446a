#include "hub/api/spec_json.h"

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "vocabulary/digest.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& values) {
  json.name(name);
  json.begin_array();
  for (const std::string& value : values) json.text(value);
  json.end_array();
}

template <typename Value>
void write_text_or_null(JsonWriter& json, std::string_view name, const std::optional<Value>& value) {
  json.name(name);
  if (!value) {
    json.null();
  } else if constexpr (std::is_enum_v<Value>) {
    json.text(spec::to_string(*value));
  } else {
    json.text(*value);
  }
}

void write_number(JsonWriter& json, std::string_view name, const std::optional<std::uint32_t>& number) {
  json.name(name);
  if (number) {
    json.number(*number);
  } else {
    json.null();
  }
}

[[nodiscard]] std::string_view word_of(spec::Severity severity) {
  switch (severity) {
    case spec::Severity::info: return "info";
    case spec::Severity::warning: return "warning";
    case spec::Severity::error: return "error";
  }
  return "error";
}

/// What does not depend on the project's id: an entry may be shown under another one.
[[nodiscard]] std::string summary_row(const spec::SpecEntry& entry) {
  const spec::Spec& spec = *entry.spec;
  JsonWriter json;
  json.text("id", spec.id);
  write_number(json, "specNumber", spec.number);
  json.text("specName", spec.id);
  json.text("title", spec.title);
  write_text_or_null(json, "status", spec.status);
  write_text_or_null(json, "priority", spec.priority);
  write_texts(json, "tags", spec.tags);
  write_text_or_null(json, "assignee", spec.assignee);
  write_text_or_null(json, "createdAt", spec.created_at);
  write_text_or_null(json, "updatedAt", spec.updated_at);
  write_text_or_null(json, "completedAt", spec.completed_at);
  json.text("filePath", spec.source.path);
  write_texts(json, "dependsOn", spec.depends_on);
  if (spec.parent) json.text("parent", *spec.parent);
  write_texts(json, "children", entry.children);
  write_texts(json, "requiredBy", entry.required_by);
  json.text("contentHash", to_hex(spec.body_digest));
  json.name("relationships");
  json.begin_object();
  write_texts(json, "dependsOn", spec.depends_on);
  write_texts(json, "requiredBy", entry.required_by);
  json.end_object();
  json.truth("blocked", entry.blocked);
  json.name("findings");
  write_findings(json, spec.findings);
  json.text("version", to_string(spec.source.version.value()));
  return json.take();
}

/// UTF-16 units in UTF-8 text: one per code point, two for those outside the basic plane.
[[nodiscard]] std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) ++units;
    if (byte >= 0xF0U) ++units;
  }
  return units;
}

}  // namespace

void write_findings(JsonWriter& json, const std::vector<spec::Finding>& findings) {
  json.begin_array();
  for (const spec::Finding& finding : findings) {
    json.begin_object();
    json.text("severity", word_of(finding.severity));
    json.text("message", finding.message);
    json.text("type", finding.kind);
    if (finding.line) json.number("line", *finding.line);
    if (finding.suggestion) json.text("suggestion", *finding.suggestion);
    json.end_object();
  }
  json.end_array();
}

void write_summary(JsonWriter& json, const ProjectId& project, const spec::SpecEntry& entry) {
  json.text("projectId", project.value());
  if (const std::string* row = entry.row.kept()) return json.written(*row);
  std::string row = summary_row(entry);
  json.written(row);
  entry.row.keep(std::move(row));
}

json::object token_report_json(const spec::TokenReport& report) {
  json::object detailed;
  detailed["codeBlocks"] = report.code_blocks;
  detailed["checklists"] = report.checklists;
  detailed["prose"] = report.prose;
  json::array sections;
  for (const spec::TokenSection& section : report.sections) {
    json::object item;
    item["heading"] = section.heading;
    item["tokens"] = section.tokens;
    sections.push_back(std::move(item));
  }
  detailed["sections"] = std::move(sections);

  json::object breakdown;
  breakdown["frontmatter"] = report.frontmatter;
  breakdown["content"] = report.content;
  breakdown["title"] = report.title;
  breakdown["detailed"] = std::move(detailed);

  json::object object;
  object["tokenCount"] = report.file;
  object["tokenStatus"] = spec::to_string(report.file_status);
  object["tokenBreakdown"] = std::move(breakdown);
  return object;
}

json::object stats_json(const ProjectId& project, const spec::Stats& stats) {
  json::object object;
  object["totalProjects"] = 1;
  object["totalSpecs"] = stats.total;
  json::array statuses;
  for (const auto& [status, count] : stats.by_status) statuses.push_back(json::object{{"status", spec::to_string(status)}, {"count", count}});
  object["specsByStatus"] = std::move(statuses);
  json::array priorities;
  for (const auto& [priority, count] : stats.by_priority) {
    priorities.push_back(json::object{{"priority", spec::to_string(priority)}, {"count", count}});
  }
  object["specsByPriority"] = std::move(priorities);
  object["completionRate"] = stats.completion_rate;
  const auto names = [](const std::vector<spec::NameCount>& counts) {
    json::array array;
    for (const auto& [name, count] : counts) array.push_back(json::object{{"name", name}, {"count", count}});
    return array;
  };
  object["byTag"] = names(stats.by_tag);
  object["byAssignee"] = names(stats.by_assignee);
  object["withoutPriority"] = stats.without_priority;
  object["withFindings"] = stats.with_findings;
  object["projectId"] = project.value();
  return object;
}

std::string dependencies_json(const ProjectId& project, const spec::ProjectView& view) {
  JsonWriter json;
  json.begin_object();
  json.text("projectId", project.value());
  json.name("nodes");
  json.begin_array();
  const auto& entries = view.all();
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {  // ascending, as LeanSpec lists them
    const spec::Spec& spec = *(*entry)->spec;
    json.begin_object();
    json.text("id", spec.id);
    json.text("name", spec.title);  // LeanSpec's graph shows titles
    write_number(json, "number", spec.number);
    write_text_or_null(json, "status", spec.status);
    write_text_or_null(json, "priority", spec.priority);
    write_texts(json, "tags", spec.tags);
    json.end_object();
  }
  json.end_array();
  json.name("edges");
  json.begin_array();
  for (const auto& [source, target] : view.dependencies()) {
    json.begin_object();
    json.text("source", source);
    json.text("target", target);
    json.text("type", "dependsOn");
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

void write_excerpt(JsonWriter& json, const spec::Excerpt& excerpt) {
  const std::string_view text = excerpt.text;
  json.begin_object();
  json.text("text", text);
  json.number("line", excerpt.line);
  json.name("highlights");
  json.begin_array();
  for (const auto& [begin, end] : excerpt.highlights) {
    json.begin_array();
    json.number(utf16_units(text.substr(0, begin)));
    json.number(utf16_units(text.substr(0, end)));
    json.end_array();
  }
  json.end_array();
  json.end_object();
}

}  // namespace leanspec::hub::api
