#include <boost/json/value.hpp>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/routes.h"
#include "hub/api/spec_json.h"
#include "hub/api/spec_query.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// Names of specs in one request; every spec of the largest project.
constexpr std::size_t batch_names_max = 20'000;
constexpr std::size_t batch_body_bytes_max = std::size_t{2} * 1024 * 1024;

/// Room for the array of these, so that it is written in one piece and takes no more than it needs.
[[nodiscard]] std::size_t bytes_of(const ProjectId& project, const std::vector<spec::SpecEntryPtr>& entries) {
  constexpr std::size_t row_not_written_yet = 1024;
  constexpr std::size_t brackets_and_names = 20;
  std::size_t bytes = 0;
  for (const spec::SpecEntryPtr& entry : entries) {
    const std::string* row = entry->row.kept();
    bytes += project.value().size() + brackets_and_names + (row != nullptr ? row->size() : row_not_written_yet);
  }
  return bytes;
}

void write_state(JsonWriter& json, const Reading& reading) {
  json.text("projectId", reading.project.project.id.value());
  json.number("seq", reading.at.seq.value());
  json.text("epoch", to_string(reading.at.epoch.value()));
}

/// As the array `name`.
void write_specs(JsonWriter& json, std::string_view name, const ProjectId& project,
                 const std::vector<spec::SpecEntryPtr>& entries) {
  json.name(name);
  json.begin_array();
  for (const spec::SpecEntryPtr& entry : entries) {
    json.begin_object();
    write_summary(json, project, *entry);
    json.end_object();
  }
  json.end_array();
}

void write_hierarchy(JsonWriter& json, std::string_view name, const ProjectId& project,
                     const std::vector<spec::HierarchyNode>& nodes) {
  json.name(name);
  json.begin_array();
  for (const spec::HierarchyNode& node : nodes) {
    json.begin_object();
    write_summary(json, project, *node.spec);
    write_hierarchy(json, "childNodes", project, node.children);
    json.end_object();
  }
  json.end_array();
}

[[nodiscard]] net::Response list_specs(const Reading& reading) {
  auto query = requested_list(reading.request);
  if (!query) return error_answer(query.error());
  const ProjectId& project = reading.project.project.id;
  const spec::ListPage page = reading.at.get_all_specs(*query);
  const bool tree = reading.request.parameter("hierarchy").value_or("") == "true";
  JsonWriter json;
  constexpr std::size_t beside_rows = 256;
  constexpr std::size_t name_of_children = 16;  // of every node, though it has none
  const std::size_t rows = bytes_of(project, page.specs);
  json.reserve(rows + beside_rows + (tree ? rows + name_of_children * page.specs.size() : 0));
  json.begin_object();
  write_specs(json, "specs", project, page.specs);
  json.number("total", page.total);
  json.name("nextCursor");
  if (page.next_offset) {
    json.text(std::to_string(*page.next_offset));
  } else {
    json.null();
  }
  write_state(json, reading);
  if (tree) {
    write_hierarchy(json, "hierarchy", project, reading.at.view->hierarchy(query->filter));
  }
  json.end_object();
  return answer(std::move(json));
}

[[nodiscard]] net::Response show_board(const Reading& reading) {
  auto filter = requested_filter(reading.request);
  if (!filter) return error_answer(filter.error());
  const ProjectId& project = reading.project.project.id;
  std::size_t total = 0;
  JsonWriter json;
  json.begin_object();
  json.name("columns");
  json.begin_array();
  for (const spec::BoardColumn& column : reading.at.get_specs_by_status(*filter)) {
    total += column.specs.size();
    json.begin_object();
    json.text("status", spec::to_string(column.status));
    json.number("total", column.specs.size());
    write_specs(json, "specs", project, column.specs);
    json.end_object();
  }
  json.end_array();
  json.number("total", total);
  json.name("nextCursor");
  json.null();
  write_state(json, reading);
  json.end_object();
  return answer(std::move(json));
}

[[nodiscard]] net::Response batch_metadata(const Reading& reading) {
  auto body = parse_object(reading.request.body);
  if (!body) return error_answer(body.error());
  if (!body->contains("specNames")) return error_answer(Error(ErrorCode::invalid, "is missing", "specNames", "Give a list of names"));
  auto names = Fields(*body).texts("specNames", batch_names_max);
  if (!names) return error_answer(names.error());
  json::object specs;
  for (const std::string& name : *names) {
    const spec::SpecEntryPtr entry = reading.at.get_spec(name);
    if (entry == nullptr || entry->spec->id != name) continue;  // unknown names are left out, as LeanSpec does
    const spec::BodyTokens tokens = reading.at.view->body_tokens(*entry);
    specs[name] = json::object{{"tokenCount", tokens.count},
                               {"tokenStatus", spec::to_string(tokens.status)},
                               {"validationStatus", spec::to_string(reading.at.view->validate(*entry).verdict)}};
  }
  return answer(200, json::object{{"specs", std::move(specs)}});
}

}  // namespace

void bind_specs(Binder& binder) {
  // Without a project the local folder's is meant.
  for (const std::string prefix : {"/api/projects/{project}", "/api"}) {
    binder.reading(prefix + "/specs", list_specs);
    binder.reading(prefix + "/board", show_board);
  }
  binder.reading("/api/projects/{project}/stats", [](const Reading& reading) {
    return answer(200, stats_json(reading.project.project.id, reading.at.view->stats()));
  });
  binder.reading("/api/projects/{project}/dependencies", [](const Reading& reading) {
    return net::json_response(200, dependencies_json(reading.project.project.id, *reading.at.view));
  });
  binder.asking("/api/projects/{project}/specs/batch-metadata", batch_body_bytes_max, batch_metadata);
}

}  // namespace leanspec::hub::api
