#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/routes.h"
#include "hub/api/spec_of_path.h"
#include "hub/api/spec_query.h"
#include "hub/api/version_json.h"
#include "hub/engine/lineage.h"
#include "spec/document.h"
#include "spec/layout.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// Texts that one page may read to name what is deleted; beyond, a row has its path only.
constexpr std::uint64_t page_bytes_max = std::uint64_t{8} * 1024 * 1024;

/// What a spec was called; nothing for other files.
[[nodiscard]] Result<std::optional<std::string>> title_of(store::Session& session, const store::Version& last) {
  if (!last.path.ends_with("/" + std::string(spec::main_file))) return std::optional<std::string>();
  LEANSPEC_ASSIGN(auto text, session.bodies().get(*last.digest));
  if (!text) return std::optional<std::string>();
  spec::SourceFile source;
  source.path = last.path;
  source.bytes = std::make_shared<const std::string>(*std::move(text));
  return std::optional(spec::parse_spec(std::move(source))->title);
}

/// What is deleted now, the last to go first, with the text that each had.
[[nodiscard]] net::Response list_deleted(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  auto limit = requested_limit(call.request);
  if (!limit) return error_answer(limit.error());
  auto before = requested_before(call.request);
  if (!before) return error_answer(before.error());
  auto at = services.views.view_at(branch->id);
  if (!at) return error_answer(at.error());
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());
  json::array rows;
  json::value next = nullptr;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    rows.clear();
    next = nullptr;
    auto& versions = session.versions();
    LEANSPEC_ASSIGN(auto page, versions.deleted(branch->id, *before, *limit + 1));
    if (page.size() > *limit) {
      page.pop_back();
      next = to_string(page.back().id.value());
    }
    std::uint64_t bytes = 0;
    for (const store::Version& tombstone : page) {
      json::object& row = rows.emplace_back(version_json(tombstone, *names)).as_object();
      const std::string spec = spec_of_path(*at->view, tombstone.path);
      row["spec"] = spec.empty() ? json::value(nullptr) : json::value(spec);
      LEANSPEC_ASSIGN(const auto there, versions.head_at_path(branch->id, tombstone.path));
      row["occupied"] = there && there->digest.has_value();
      row["title"] = nullptr;
      row["last"] = nullptr;
      LEANSPEC_ASSIGN(const auto last, engine::last_text(versions, tombstone));
      if (!last || !last->digest) continue;
      row["last"] = version_json(*last, *names);
      bytes += last->size;
      if (bytes > page_bytes_max) continue;
      LEANSPEC_ASSIGN(const auto title, title_of(session, *last));
      if (title) row["title"] = json_text(*title);
    }
    return {};
  });
  if (!read) return error_answer(read.error());
  const std::size_t total = rows.size();
  return answer(200, json::object{{"deleted", std::move(rows)}, {"total", total}, {"nextCursor", next}});
}

}  // namespace

void bind_deleted(Binder& binder) {
  Services& services = binder.services();
  binder.call(net::Method::get, "/api/projects/{project}/deleted", access::Action::specs_read, 0,
              [&services](const Call& call) { return list_deleted(services, call); });
}

}  // namespace leanspec::hub::api
