#include "hub/sources/list_command.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/sources/folder.h"
#include "spec/project_view.h"
#include "spec/view_filter.h"

namespace leanspec::hub::sources {

namespace {

namespace json = boost::json;
using spec::SpecEntryPtr;

constexpr int exit_flagged = 1;
constexpr int exit_failed = 2;
constexpr std::size_t columns = 4;
using Row = std::array<std::string, columns>;  // status, priority, id, title: the one of any length comes last

Result<std::vector<spec::SpecStatus>> parse_statuses(std::string_view text) {
  std::vector<spec::SpecStatus> statuses;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto status = spec::parse_status(text.substr(0, comma));
    if (!status) {
      return Error(ErrorCode::invalid, "There is no such status", std::string(text.substr(0, comma)),
                   "Use draft, planned, in-progress, complete or archived");
    }
    statuses.push_back(*status);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return statuses;
}

/// Control characters would let a file's title steer the terminal.
std::string printable(std::string_view text) {
  std::string safe;
  for (const char c : text) safe += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return safe;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string reason_of(const spec::Finding& finding) {
  std::string reason;
  if (finding.line) reason = "line " + std::to_string(*finding.line) + ": ";
  reason += finding.message;
  if (finding.suggestion) reason += ". " + *finding.suggestion;
  return reason;
}

void print_table(const std::vector<Row>& rows, std::string& output) {
  std::array<std::size_t, columns> width{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) width[i] = std::max(width[i], characters(row[i]));
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) {
      output += row[i];
      if (i + 1 < columns) output.append(width[i] - characters(row[i]) + 2, ' ');
    }
    output += '\n';
  }
}

/// "2 specs: 1 planned, 1 complete"
std::string summary(const std::vector<SpecEntryPtr>& specs) {
  std::string text = std::to_string(specs.size()) + (specs.size() == 1 ? " spec" : " specs");
  const char* separator = ": ";
  for (const auto status : {spec::SpecStatus::draft, spec::SpecStatus::planned, spec::SpecStatus::in_progress,
                            spec::SpecStatus::complete, spec::SpecStatus::archived}) {
    const auto count =
        std::count_if(specs.begin(), specs.end(), [&](const auto& entry) { return entry->spec->status == status; });
    if (count == 0) continue;
    text += separator + std::to_string(count) + ' ' + std::string(to_string(status));
    separator = ", ";
  }
  return text + '\n';
}

std::string table(const std::vector<SpecEntryPtr>& specs, const Folder& folder) {
  std::vector<Row> rows{Row{"STATUS", "PRIORITY", "SPEC", "TITLE"}};
  for (const auto& entry : specs) {
    const auto& spec = *entry->spec;
    rows.push_back(Row{spec.status ? std::string(to_string(*spec.status)) : "?",
                       spec.priority ? std::string(to_string(*spec.priority)) : "-", printable(spec.id),
                       printable(spec.title)});
  }
  std::string output;
  if (!specs.empty()) print_table(rows, output);
  output += (specs.empty() ? "" : "\n") + summary(specs);
  bool headed = false;
  for (const auto& entry : specs) {
    if (!spec::has_error(*entry->spec)) continue;
    if (!std::exchange(headed, true)) output += "\nFlagged:\n";
    for (const auto& finding : entry->spec->findings) {
      output += "  " + printable(entry->spec->source.path) + ": " + printable(reason_of(finding)) + '\n';
    }
  }
  if (!folder.skipped.empty()) output += "\nSkipped:\n";
  for (const auto& [path, reason] : folder.skipped) output += "  " + printable(path) + ": " + printable(reason) + '\n';
  return output;
}

json::value text_or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

json::object to_json(const spec::SpecEntry& entry) {
  const auto& spec = *entry.spec;
  json::object object;
  object["id"] = spec.id;
  object["number"] = spec.number ? json::value(*spec.number) : json::value(nullptr);
  object["title"] = spec.title;
  object["status"] = spec.status ? json::value(to_string(*spec.status)) : json::value(nullptr);
  object["priority"] = spec.priority ? json::value(to_string(*spec.priority)) : json::value(nullptr);
  object["tags"] = json::array(spec.tags.begin(), spec.tags.end());
  object["assignee"] = text_or_null(spec.assignee);
  object["createdAt"] = text_or_null(spec.created_at);
  object["updatedAt"] = text_or_null(spec.updated_at);
  object["completedAt"] = text_or_null(spec.completed_at);
  object["path"] = spec.source.path;
  object["flagged"] = spec::has_error(spec);
  json::array findings;
  for (const auto& finding : spec.findings) {
    json::object told;
    told["severity"] = to_string(finding.severity);
    told["type"] = finding.kind;
    told["message"] = finding.message;
    if (finding.line) told["line"] = *finding.line;
    if (finding.suggestion) told["suggestion"] = *finding.suggestion;
    findings.emplace_back(std::move(told));
  }
  object["findings"] = std::move(findings);
  return object;
}

std::string one_object(const std::vector<SpecEntryPtr>& specs, const Folder& folder) {
  json::array listed;
  for (const auto& entry : specs) listed.emplace_back(to_json(*entry));
  json::array skipped;
  for (const auto& [path, reason] : folder.skipped) {
    json::object file;
    file["path"] = path;
    file["reason"] = reason;
    skipped.emplace_back(std::move(file));
  }
  json::object object;
  object["specs"] = std::move(listed);
  object["total"] = specs.size();
  object["specsDir"] = folder.specs_folder;
  object["skipped"] = std::move(skipped);
  return json::serialize(object) + '\n';
}

CommandResult failed(const Error& error) {
  return {"", "leanspec-hub list: " + error.sentence() + '\n', exit_failed};
}

}  // namespace

CommandResult list_specs(host::FileTree& project, const ListOptions& options) {
  auto statuses = parse_statuses(options.status);
  if (!statuses) return failed(statuses.error());
  auto folder = read_folder(project);
  if (!folder) return failed(folder.error());
  const auto view = spec::ProjectView::build(std::move(folder->files));
  spec::ListQuery query;
  query.filter.status = *std::move(statuses);
  query.limit = view->size();
  const auto specs = view->list(query).specs;
  CommandResult result;
  result.output = options.json ? one_object(specs, *folder) : table(specs, *folder);
  const bool flagged =
      std::any_of(specs.begin(), specs.end(), [](const auto& entry) { return spec::has_error(*entry->spec); });
  result.exit_code = flagged || !folder->skipped.empty() ? exit_flagged : 0;
  return result;
}

}  // namespace leanspec::hub::sources
