#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/conflict_json.h"
#include "hub/api/routes.h"
#include "hub/api/spec_of_path.h"
#include "hub/api/spec_query.h"
#include "hub/engine/merge_undo.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

constexpr std::size_t undo_body_bytes_max = 1024;
/// Texts that one list may merge again to say what was decided.
constexpr std::uint64_t list_bytes_max = std::uint64_t{32} * 1024 * 1024;
/// The head may move while an undo is planned; who pushes that often will not be waited for.
constexpr int undo_attempts_max = 3;

[[nodiscard]] Result<json::object> merge_json(store::Session& session, const store::Version& merged,
                                              const spec::ProjectView& view, const VersionNames& names, bool with_decisions) {
  auto& versions = session.versions();
  json::object object;
  object["merge"] = to_string(merged.id.value());
  const std::string spec = spec_of_path(view, merged.path);
  object["spec"] = spec.empty() ? json::value(nullptr) : json::value(spec);
  object["path"] = merged.path;
  object["automatic"] = engine::is_automatic_merge(merged);
  object["version"] = version_json(merged, names);
  std::optional<store::Version> first;
  if (merged.parent) {
    LEANSPEC_ASSIGN(first, versions.version(*merged.parent));
  }
  LEANSPEC_ASSIGN(const auto second, versions.version(*merged.second_parent));
  object["first"] = version_or_null(first, names);
  object["second"] = version_or_null(second, names);
  LEANSPEC_ASSIGN(const auto head, versions.head(merged.branch, merged.document));
  object["isHead"] = head && head->id == merged.id;
  object["merged"] = nullptr;
  if (with_decisions && engine::is_automatic_merge(merged)) {
    LEANSPEC_ASSIGN(const auto outcome, engine::look_at_merge(session, merged));
    if (outcome && outcome->clean()) object["merged"] = merged_json(outcome->merged);
  }
  return object;
}

[[nodiscard]] net::Response list_merges(Services& services, const Call& call) {
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
    LEANSPEC_ASSIGN(auto page, session.versions().merges(branch->id, *before, *limit + 1));
    if (page.size() > *limit) {
      page.pop_back();
      next = to_string(page.back().id.value());
    }
    std::uint64_t bytes = 0;
    for (const store::Version& merged : page) {
      bytes += 3 * merged.size;
      LEANSPEC_ASSIGN(auto row, merge_json(session, merged, *at->view, *names, bytes <= list_bytes_max));
      rows.push_back(std::move(row));
    }
    return {};
  });
  if (!read) return error_answer(read.error());
  const std::size_t total = rows.size();
  return answer(200, json::object{{"merges", std::move(rows)}, {"total", total}, {"nextCursor", next}});
}

[[nodiscard]] Result<engine::Keep> requested_keep(const std::string& body) {
  LEANSPEC_ASSIGN(const auto object, parse_object(body));
  LEANSPEC_ASSIGN(const auto keep, Fields(object).text("keep", 16));
  if (keep == "first") return engine::Keep::first;
  if (keep == "second") return engine::Keep::second;
  return Error(ErrorCode::invalid, "must be first or second", "keep");
}

[[nodiscard]] net::Response not_undone(const engine::MergeUndo& undo, const VersionNames& names) {
  json::object details;
  details["head"] = version_or_null(undo.head, names);
  details["places"] = places_json(undo.places);
  return error_answer(409, "UNDO_CONFLICT",
                      "This merge cannot be taken back by itself: " + undo.why_not +
                          ". Edit the document, or restore the version that you want from its history.",
                      std::move(details));
}

[[nodiscard]] net::Response undo_merge(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  const auto id = parse_uuid(call.request.capture("version"));
  if (!id) return error_answer(404, "VERSION_NOT_FOUND", "There is no such merge.");
  auto keep = requested_keep(call.request.body);
  if (!keep) return error_answer(keep.error());
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());
  for (int attempt = 1;; ++attempt) {
    std::optional<engine::MergeUndo> undo;
    const Status read = services.store.read([&](store::Session& session) -> Status {
      undo.reset();
      LEANSPEC_ASSIGN(const auto merged, session.versions().version(VersionId(*id)));
      if (!merged || merged->branch != branch->id || !merged->second_parent) return {};
      LEANSPEC_ASSIGN(undo, engine::undo_merge(session, *merged, *keep));
      return {};
    });
    if (!read) return error_answer(read.error());
    if (!undo) return error_answer(404, "VERSION_NOT_FOUND", "There is no such merge.");
    if (!undo->edit) return not_undone(*undo, *names);
    undo->edit->project = call.project->project.id;
    undo->edit->user = call.principal.user();
    auto done = services.commits.edit(*std::move(undo->edit));
    if (!done) return error_answer(done.error());
    switch (done->outcome) {
      case engine::HubEditOutcome::made:
      case engine::HubEditOutcome::unchanged: {
        const bool made = done->outcome == engine::HubEditOutcome::made;
        return answer(200, json::object{{"outcome", made ? "undone" : "unchanged"}, {"head", version_or_null(done->head, *names)}});
      }
      case engine::HubEditOutcome::stale:
        if (attempt < undo_attempts_max) break;
        [[fallthrough]];
      case engine::HubEditOutcome::refused:
        undo->head = std::move(done->head);
        undo->why_not = std::move(done->why);
        return not_undone(*undo, *names);
    }
  }
}

}  // namespace

void bind_merges(Binder& binder) {
  Services& services = binder.services();
  const auto with = [&services](net::Response (*handle)(Services&, const Call&)) {
    return [&services, handle](const Call& call) { return handle(services, call); };
  };
  using access::Action;
  binder.call(net::Method::get, "/api/projects/{project}/merges", Action::specs_read, 0, with(list_merges));
  binder.call(net::Method::post, "/api/projects/{project}/merges/{version}/undo", Action::specs_write, undo_body_bytes_max,
              with(undo_merge));
}

}  // namespace leanspec::hub::api
