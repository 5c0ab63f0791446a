#include "hub/api/spec_query.h"

#include <charconv>
#include <limits>
#include <utility>

namespace leanspec::hub::api {

namespace {

[[nodiscard]] std::vector<std::string> comma_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (const auto item = text.substr(0, comma); !item.empty()) items.emplace_back(item);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return items;
}

[[nodiscard]] Result<std::size_t> whole_number(std::string_view name, std::string_view text, std::size_t least, std::size_t most) {
  std::size_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return Error(ErrorCode::invalid,
                 "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ", not '" + std::string(text) + "'",
                 std::string(name));
  }
  return number;
}

[[nodiscard]] Result<std::optional<bool>> yes_or_no(const net::Request& request, std::string_view name) {
  const auto text = request.parameter(name);
  if (!text || text->empty()) return std::optional<bool>();
  if (*text == "true" || *text == "yes" || *text == "1") return std::optional<bool>(true);
  if (*text == "false" || *text == "no" || *text == "0") return std::optional<bool>(false);
  return Error(ErrorCode::invalid, "must be true or false", std::string(name));
}

}  // namespace

Result<std::size_t> requested_limit(const net::Request& request) {
  const auto limit = request.parameter("limit");
  return limit ? whole_number("limit", *limit, 1, page_rows_max) : Result<std::size_t>(page_rows_default);
}

Result<std::optional<VersionId>> requested_before(const net::Request& request) {
  const auto cursor = request.parameter("cursor");
  if (!cursor || cursor->empty()) return std::optional<VersionId>();
  const auto parsed = parse_uuid(*cursor);
  if (!parsed) return Error(ErrorCode::invalid, "is not what nextCursor said", "cursor");
  return std::optional(VersionId(*parsed));
}

Result<Page> requested_page(const net::Request& request) {
  Page page;
  LEANSPEC_ASSIGN(page.limit, requested_limit(request));
  const auto cursor = request.parameter("cursor");
  if (const auto offset = cursor ? cursor : request.parameter("offset"); offset && !offset->empty()) {
    LEANSPEC_ASSIGN(page.offset, whole_number("cursor", *offset, 0, std::size_t{100'000'000}));
  }
  return page;
}

Result<std::vector<spec::SpecStatus>> parse_statuses(const std::vector<std::string>& texts) {
  std::vector<spec::SpecStatus> statuses;
  for (const std::string& text : texts) {
    const auto status = spec::parse_status(text);
    if (!status) {
      return Error(ErrorCode::invalid, "'" + text + "' is no status", "status", "Use draft, planned, in-progress, complete or archived.");
    }
    statuses.push_back(*status);
  }
  return statuses;
}

Result<std::vector<spec::Priority>> parse_priorities(const std::vector<std::string>& texts) {
  std::vector<spec::Priority> priorities;
  for (const std::string& text : texts) {
    const auto priority = spec::parse_priority(text);
    if (!priority) return Error(ErrorCode::invalid, "'" + text + "' is no priority", "priority", "Use low, medium, high or critical.");
    priorities.push_back(*priority);
  }
  return priorities;
}

Result<spec::SpecFilter> requested_filter(const net::Request& request) {
  spec::SpecFilter filter;
  LEANSPEC_ASSIGN(filter.status, parse_statuses(comma_list(request.parameter("status").value_or(""))));
  LEANSPEC_ASSIGN(filter.priority, parse_priorities(comma_list(request.parameter("priority").value_or(""))));
  filter.tags = comma_list(request.parameter("tags").value_or(""));
  filter.every_tag = true;
  if (const auto assignee = request.parameter("assignee"); assignee && !assignee->empty()) filter.assignee = std::string(*assignee);
  LEANSPEC_ASSIGN(filter.blocked, yes_or_no(request, "blocked"));
  LEANSPEC_ASSIGN(filter.with_findings, yes_or_no(request, "findings"));
  return filter;
}

Result<spec::ListQuery> requested_list(const net::Request& request) {
  spec::ListQuery query;
  LEANSPEC_ASSIGN(query.filter, requested_filter(request));
  LEANSPEC_ASSIGN(const Page page, requested_page(request));
  query.offset = page.offset;
  query.limit = page.limit;
  // LeanSpec's clients do not page: who names neither a limit nor a cursor wants all of them, as does who wants the hierarchy.
  const bool whole = !request.parameter("limit") && !request.parameter("cursor");
  const bool tree = request.parameter("hierarchy").value_or("") == "true";
  if (whole || tree) query.limit = std::numeric_limits<std::size_t>::max();
  if (tree) query.offset = 0;
  const std::string_view sort = request.parameter("sort").value_or("number");
  if (sort == "number") query.sort = spec::SortKey::number;
  else if (sort == "updated") query.sort = spec::SortKey::updated;
  else if (sort == "created") query.sort = spec::SortKey::created;
  else if (sort == "title") query.sort = spec::SortKey::title;
  else if (sort == "priority") query.sort = spec::SortKey::priority;
  else if (sort == "status") query.sort = spec::SortKey::status;
  else {
    return Error(ErrorCode::invalid, "'" + std::string(sort) + "' is no order", "sort",
                 "Use number, updated, created, title, priority or status.");
  }
  const std::string_view order = request.parameter("order").value_or("desc");
  if (order != "asc" && order != "desc") return Error(ErrorCode::invalid, "must be asc or desc", "order");
  query.descending = order == "desc";
  return query;
}

}  // namespace leanspec::hub::api
