#include <boost/json/value.hpp>

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

void add_state(json::object& object, const Reading& reading) {
  object["projectId"] = reading.project.project.id.value();
  object["seq"] = reading.at.seq.value();
  object["epoch"] = to_string(reading.at.epoch.value());
}

[[nodiscard]] json::array hierarchy_json(const ProjectId& project, const std::vector<spec::HierarchyNode>& nodes) {
  json::array array;
  for (const spec::HierarchyNode& node : nodes) {
    json::object object = summary_json(project, *node.spec);
    object["childNodes"] = hierarchy_json(project, node.children);
    array.push_back(std::move(object));
  }
  return array;
}

[[nodiscard]] net::Response list_specs(const Reading& reading) {
  auto query = requested_list(reading.request);
  if (!query) return error_answer(query.error());
  const ProjectId& project = reading.project.project.id;
  const spec::ListPage page = reading.at.view->list(*query);
  json::object object;
  json::array specs;
  specs.reserve(page.specs.size());
  for (const spec::SpecEntryPtr& entry : page.specs) specs.push_back(summary_json(project, *entry));
  object["specs"] = std::move(specs);
  object["total"] = page.total;
  object["nextCursor"] = page.next_offset ? json::value(std::to_string(*page.next_offset)) : json::value(nullptr);
  add_state(object, reading);
  if (reading.request.parameter("hierarchy").value_or("") == "true") {
    object["hierarchy"] = hierarchy_json(project, reading.at.view->hierarchy(query->filter));
  }
  return answer(200, object);
}

[[nodiscard]] net::Response show_board(const Reading& reading) {
  auto filter = requested_filter(reading.request);
  if (!filter) return error_answer(filter.error());
  const ProjectId& project = reading.project.project.id;
  json::array columns;
  std::size_t total = 0;
  for (const spec::BoardColumn& column : reading.at.view->board(*filter)) {
    json::array specs;
    specs.reserve(column.specs.size());
    for (const spec::SpecEntryPtr& entry : column.specs) specs.push_back(summary_json(project, *entry));
    total += column.specs.size();
    columns.push_back(json::object{
        {"status", spec::to_string(column.status)}, {"total", column.specs.size()}, {"specs", std::move(specs)}});
  }
  json::object object;
  object["columns"] = std::move(columns);
  object["total"] = total;
  object["nextCursor"] = nullptr;
  add_state(object, reading);
  return answer(200, object);
}

[[nodiscard]] net::Response batch_metadata(const Reading& reading) {
  auto body = parse_object(reading.request.body);
  if (!body) return error_answer(body.error());
  auto names = Fields(*body).texts("specNames", batch_names_max);
  if (!names) return error_answer(names.error());
  json::object specs;
  for (const std::string& name : *names) {
    const spec::SpecEntryPtr entry = reading.at.view->find(name);
    if (entry == nullptr || entry->spec->id != name) continue;  // unknown names are left out, as LeanSpec does
    const spec::TokenReport tokens = reading.at.view->tokens(*entry);
    specs[name] = json::object{{"tokenCount", tokens.body},
                               {"tokenStatus", spec::to_string(tokens.body_status)},
                               {"validationStatus", spec::to_string(reading.at.view->validate(*entry).verdict)}};
  }
  return answer(200, json::object{{"specs", std::move(specs)}});
}

}  // namespace

void bind_specs(Binder& binder) {
  binder.reading("/api/projects/{project}/specs", list_specs);
  binder.reading("/api/projects/{project}/board", show_board);
  binder.reading("/api/projects/{project}/stats", [](const Reading& reading) {
    return answer(200, stats_json(reading.project.project.id, reading.at.view->stats()));
  });
  binder.reading("/api/projects/{project}/dependencies", [](const Reading& reading) {
    return answer(200, dependencies_json(reading.project.project.id, *reading.at.view));
  });
  binder.asking("/api/projects/{project}/specs/batch-metadata", batch_body_bytes_max, batch_metadata);
}

}  // namespace leanspec::hub::api
