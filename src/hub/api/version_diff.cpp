#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/conflict_json.h"
#include "hub/api/routes.h"
#include "merge/compare.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// More lines than a person reads; the rest is counted.
constexpr std::size_t shown_lines_max = 5000;
/// Bytes of lines in one answer: a hostile text is a single line.
constexpr std::size_t shown_bytes_max = std::size_t{2} * 1024 * 1024;
/// Enough to see the section that a change stands in.
constexpr std::size_t context_max = 100;

[[nodiscard]] std::string_view to_string(merge::LineFate fate) {
  switch (fate) {
    case merge::LineFate::same: return "same";
    case merge::LineFate::removed: return "removed";
    case merge::LineFate::added: return "added";
  }
  return {};
}

[[nodiscard]] json::object line_json(const merge::ComparedLine& line) {
  json::object object;
  object["kind"] = to_string(line.fate);
  object["from"] = line.from ? json::value(*line.from + 1) : json::value(nullptr);
  object["to"] = line.to ? json::value(*line.to + 1) : json::value(nullptr);
  object["text"] = json_text(line.text);
  if (!line.ends) object["noNewline"] = true;
  if (!line.parts.empty()) {
    json::array parts;
    for (const merge::LinePart& part : line.parts)
      parts.emplace_back(json::object{{"text", json_text(part.text)}, {"changed", part.changed}});
    object["parts"] = std::move(parts);
  }
  return object;
}

/// The hunks, as far as they are shown. `truncated` is set when some are left out.
[[nodiscard]] json::array hunks_json(const merge::Comparison& comparison, bool& truncated) {
  json::array hunks;
  std::size_t lines = 0;
  std::size_t bytes = 0;
  for (const merge::ComparedStretch& stretch : comparison.stretches) {
    json::array shown;
    for (const merge::ComparedLine& line : stretch.lines) {
      bytes += line.text.size();
      if (++lines > shown_lines_max || bytes > shown_bytes_max) {
        truncated = true;
        break;
      }
      shown.push_back(line_json(line));
    }
    if (!shown.empty())
      hunks.push_back(json::object{{"fromBegin", stretch.from.begin + 1},
                                   {"fromLines", stretch.from.size()},
                                   {"toBegin", stretch.to.begin + 1},
                                   {"toLines", stretch.to.size()},
                                   {"lines", std::move(shown)}});
    if (truncated) break;
  }
  return hunks;
}

/// What `against` names: a version, or the parent, which a first version has none of.
struct Sides {
  std::optional<store::Version> from;
  std::optional<store::Version> to;
  std::optional<std::string> from_text;
  std::optional<std::string> to_text;
  bool known = true;
};

[[nodiscard]] Status read_sides(store::Session& session, BranchId branch, const VersionId& id, std::string_view against, Sides& sides) {
  auto& versions = session.versions();
  sides = Sides();
  LEANSPEC_ASSIGN(sides.to, versions.version(id));
  std::optional<VersionId> from;
  if (against.empty() || against == "parent") {
    if (sides.to) from = sides.to->parent;
  } else if (const auto parsed = parse_uuid(against)) {
    from = VersionId(*parsed);
  } else {
    sides.known = false;
  }
  if (from) {
    LEANSPEC_ASSIGN(sides.from, versions.version(*from));
  }
  const auto here = [&](const std::optional<store::Version>& version) { return version && version->branch == branch; };
  sides.known = sides.known && here(sides.to) && (!from || here(sides.from));
  if (!sides.known) return {};
  const auto read = [&](const std::optional<store::Version>& version, std::optional<std::string>& text) -> Status {
    text = std::string();
    if (!version || !version->digest) return {};
    LEANSPEC_ASSIGN(text, session.bodies().get(*version->digest));
    return {};
  };
  LEANSPEC_TRY(read(sides.from, sides.from_text));
  return read(sides.to, sides.to_text);
}

[[nodiscard]] Result<std::size_t> requested_context(const net::Request& request) {
  const auto text = request.parameter("context");
  if (!text || text->empty()) return merge::context_lines;
  std::size_t context = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), context);
  if (failure != std::errc() || end != text->data() + text->size() || context > context_max)
    return Error(ErrorCode::invalid, "must be a whole number from 0 to " + std::to_string(context_max), "context");
  return context;
}

[[nodiscard]] net::Response show_diff(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  auto context = requested_context(call.request);
  if (!context) return error_answer(context.error());
  const auto id = parse_uuid(call.request.capture("version"));
  if (!id) return error_answer(404, "VERSION_NOT_FOUND", "There is no such version.");
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());
  Sides sides;
  const std::string against(call.request.parameter("against").value_or(""));
  const Status read = services.store.read([&](store::Session& session) {
    return read_sides(session, branch->id, VersionId(*id), against, sides);
  });
  if (!read) return error_answer(read.error());
  if (!sides.known) return error_answer(404, "VERSION_NOT_FOUND", "There is no such version.");
  json::object object;
  object["from"] = version_or_null(sides.from, *names);
  object["to"] = version_or_null(sides.to, *names);
  object["comparable"] = false;
  object["hunks"] = json::array();
  object["added"] = 0;
  object["removed"] = 0;
  bool truncated = false;
  if (sides.from_text && sides.to_text) {
    if (const auto comparison = merge::compare(*sides.from_text, *sides.to_text, *context)) {
      object["comparable"] = true;
      object["hunks"] = hunks_json(*comparison, truncated);
      object["added"] = comparison->added;
      object["removed"] = comparison->removed;
    }
  }
  object["truncated"] = truncated;
  return answer(200, object);
}

}  // namespace

void bind_version_diff(Binder& binder) {
  Services& services = binder.services();
  binder.call(net::Method::get, "/api/projects/{project}/specs/{spec}/versions/{version}/diff", access::Action::specs_read, 0,
              [&services](const Call& call) { return show_diff(services, call); });
}

}  // namespace leanspec::hub::api
