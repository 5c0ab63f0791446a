#include "hub/api/spec_json.h"

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <utility>

#include "vocabulary/digest.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

[[nodiscard]] json::array texts(const std::vector<std::string>& values) {
  json::array array;
  array.reserve(values.size());
  for (const std::string& value : values) array.emplace_back(value);
  return array;
}

[[nodiscard]] json::value text_or_null(const std::optional<std::string>& value) {
  return value ? json::value(*value) : json::value(nullptr);
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

json::object finding_json(const spec::Finding& finding) {
  json::object object;
  switch (finding.severity) {
    case spec::Severity::info: object["severity"] = "info"; break;
    case spec::Severity::warning: object["severity"] = "warning"; break;
    case spec::Severity::error: object["severity"] = "error"; break;
  }
  object["message"] = finding.message;
  object["type"] = finding.kind;
  if (finding.line) object["line"] = *finding.line;
  if (finding.suggestion) object["suggestion"] = *finding.suggestion;
  return object;
}

json::array findings_json(const std::vector<spec::Finding>& findings) {
  json::array array;
  for (const spec::Finding& finding : findings) array.push_back(finding_json(finding));
  return array;
}

json::object summary_json(const ProjectId& project, const spec::SpecEntry& entry) {
  const spec::Spec& spec = *entry.spec;
  json::object object;
  object.reserve(26);
  object["projectId"] = project.value();
  object["id"] = spec.id;
  object["specNumber"] = spec.number ? json::value(*spec.number) : json::value(nullptr);
  object["specName"] = spec.id;
  object["title"] = spec.title;
  object["status"] = spec.status ? json::value(spec::to_string(*spec.status)) : json::value(nullptr);
  object["priority"] = spec.priority ? json::value(spec::to_string(*spec.priority)) : json::value(nullptr);
  object["tags"] = texts(spec.tags);
  object["assignee"] = text_or_null(spec.assignee);
  object["createdAt"] = text_or_null(spec.created_at);
  object["updatedAt"] = text_or_null(spec.updated_at);
  object["completedAt"] = text_or_null(spec.completed_at);
  object["filePath"] = spec.source.path;
  object["dependsOn"] = texts(spec.depends_on);
  if (spec.parent) object["parent"] = *spec.parent;
  object["children"] = texts(entry.children);
  object["requiredBy"] = texts(entry.required_by);
  object["contentHash"] = to_hex(spec.body_digest);
  json::object relationships;
  relationships["dependsOn"] = texts(spec.depends_on);
  relationships["requiredBy"] = texts(entry.required_by);
  object["relationships"] = std::move(relationships);
  object["blocked"] = entry.blocked;
  object["findings"] = findings_json(spec.findings);
  object["version"] = to_string(spec.source.version.value());
  return object;
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

json::object dependencies_json(const ProjectId& project, const spec::ProjectView& view) {
  json::array nodes;
  const auto& entries = view.all();
  nodes.reserve(entries.size());
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {  // ascending, as LeanSpec lists them
    const spec::Spec& spec = *(*entry)->spec;
    json::object node;
    node["id"] = spec.id;
    node["name"] = spec.name;
    node["number"] = spec.number ? json::value(*spec.number) : json::value(nullptr);
    node["status"] = spec.status ? json::value(spec::to_string(*spec.status)) : json::value(nullptr);
    node["priority"] = spec.priority ? json::value(spec::to_string(*spec.priority)) : json::value(nullptr);
    node["tags"] = texts(spec.tags);
    nodes.push_back(std::move(node));
  }
  json::array edges;
  for (const auto& [source, target] : view.dependencies()) {
    edges.push_back(json::object{{"source", source}, {"target", target}, {"type", "dependsOn"}});
  }
  json::object object;
  object["projectId"] = project.value();
  object["nodes"] = std::move(nodes);
  object["edges"] = std::move(edges);
  return object;
}

json::object excerpt_json(const spec::Excerpt& excerpt) {
  const std::string_view text = excerpt.text;
  json::array highlights;
  for (const auto& [begin, end] : excerpt.highlights) {
    highlights.push_back(json::array{utf16_units(text.substr(0, begin)), utf16_units(text.substr(0, end))});
  }
  json::object object;
  object["text"] = text;
  object["line"] = excerpt.line;
  object["highlights"] = std::move(highlights);
  return object;
}

}  // namespace leanspec::hub::api
