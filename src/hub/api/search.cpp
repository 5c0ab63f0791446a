#include <boost/json/value.hpp>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/routes.h"
#include "hub/api/spec_json.h"
#include "hub/api/spec_query.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

constexpr std::size_t query_bytes_max = 1024;
constexpr std::size_t filter_values_max = 100;
constexpr std::size_t search_body_bytes_max = 16 * 1024;

[[nodiscard]] net::Response search_answer(const Reading& reading, std::string_view query, const spec::SpecFilter& filter, Page page) {
  auto found = reading.at.search_specs(query, filter, page.offset, page.limit);
  if (!found) return error_answer(found.error());
  const ProjectId& project = reading.project.project.id;
  JsonWriter json;
  json.begin_object();
  json.name("results");
  json.begin_array();
  for (const spec::SearchHit& hit : found->hits) {
    const spec::BodyTokens tokens = reading.at.view->body_tokens(*hit.spec);
    json.begin_object();
    write_summary(json, project, *hit.spec);
    json.number("tokenCount", tokens.count);
    json.text("tokenStatus", spec::to_string(tokens.status));
    json.text("validationStatus", spec::to_string(reading.at.view->validate(*hit.spec).verdict));
    json.number("score", hit.score);
    json.name("excerpts");
    json.begin_array();
    for (const spec::Excerpt& excerpt : hit.excerpts) write_excerpt(json, excerpt);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  const std::size_t end = page.offset + found->hits.size();
  json.number("total", found->total);
  json.name("nextCursor");
  if (end < found->total) {
    json.text(std::to_string(end));
  } else {
    json.null();
  }
  json.text("query", query);
  json.text("projectId", project.value());
  json.end_object();
  return answer(std::move(json));
}

[[nodiscard]] net::Response search_by_get(const Reading& reading) {
  const std::string_view query = reading.request.parameter("q").value_or("");
  if (query.size() > query_bytes_max) return error_answer(Error(ErrorCode::invalid, "is longer than 1024 bytes", "q"));
  auto filter = requested_filter(reading.request);
  if (!filter) return error_answer(filter.error());
  auto page = requested_page(reading.request);
  if (!page) return error_answer(page.error());
  return search_answer(reading, query, *filter, *page);
}

[[nodiscard]] net::Response search_by_post(const Reading& reading) {
  auto body = parse_object(reading.request.body);
  if (!body) return error_answer(body.error());
  const Fields fields(*body);
  auto query = fields.text("query", query_bytes_max);
  if (!query) return error_answer(query.error());
  auto limit = fields.optional_integer("limit", 1, static_cast<std::int64_t>(page_rows_max));
  if (!limit) return error_answer(limit.error());
  auto cursor = fields.optional_text("cursor", 20);
  if (!cursor) return error_answer(cursor.error());

  spec::SpecFilter filter;
  if (const json::value* filters = body->if_contains("filters"); filters != nullptr && !filters->is_null()) {
    if (!filters->is_object()) return error_answer(Error(ErrorCode::invalid, "must be an object", "filters"));
    const Fields wanted(filters->as_object());
    auto statuses = wanted.texts("status", filter_values_max);
    if (!statuses) return error_answer(statuses.error());
    auto priorities = wanted.texts("priority", filter_values_max);
    if (!priorities) return error_answer(priorities.error());
    auto tags = wanted.texts("tags", filter_values_max);
    if (!tags) return error_answer(tags.error());
    auto parsed_statuses = parse_statuses(*statuses);
    if (!parsed_statuses) return error_answer(parsed_statuses.error());
    auto parsed_priorities = parse_priorities(*priorities);
    if (!parsed_priorities) return error_answer(parsed_priorities.error());
    filter.status = *std::move(parsed_statuses);
    filter.priority = *std::move(parsed_priorities);
    filter.tags = *std::move(tags);
    filter.every_tag = true;
  }
  Page page;
  // LeanSpec answers everything at once, and its clients do not page.
  page.limit = limit->has_value() ? static_cast<std::size_t>(**limit) : page_rows_max;
  if (*cursor) page.offset = static_cast<std::size_t>(std::strtoull((*cursor)->c_str(), nullptr, 10));
  return search_answer(reading, *query, filter, page);
}

}  // namespace

void bind_search(Binder& binder) {
  for (const std::string prefix : {"/api/projects/{project}", "/api"}) {
    binder.reading(prefix + "/search", search_by_get);
    binder.asking(prefix + "/search", search_body_bytes_max, search_by_post);
  }
}

}  // namespace leanspec::hub::api
