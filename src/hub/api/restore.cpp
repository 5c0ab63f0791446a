#include <boost/json/value.hpp>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/routes.h"
#include "hub/api/version_json.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

constexpr std::size_t restore_body_bytes_max = 4 * 1024;
constexpr std::size_t path_bytes_max = 1024;
constexpr std::size_t version_bytes_max = 64;

[[nodiscard]] net::Response no_such_version() { return error_answer(404, "VERSION_NOT_FOUND", "There is no such version."); }

struct RestoreRequest {
  std::optional<VersionId> expected;  ///< the head that was seen
  std::optional<std::string> path;    ///< another place than where it stands, or stood
};

[[nodiscard]] Result<RestoreRequest> requested_restore(std::string_view body) {
  RestoreRequest request;
  if (body.empty()) return request;
  LEANSPEC_ASSIGN(const auto object, parse_object(body));
  const Fields fields(object);
  LEANSPEC_ASSIGN(request.path, fields.optional_text("path", path_bytes_max));
  LEANSPEC_ASSIGN(const auto expected, fields.optional_text("expectedVersion", version_bytes_max));
  if (!expected) return request;
  const auto id = parse_uuid(*expected);
  if (!id) return Error(ErrorCode::invalid, "is no version", "expectedVersion", "Give the version that an answer named");
  request.expected = VersionId(*id);
  return request;
}

[[nodiscard]] net::Response stale(const std::optional<store::Version>& head) {
  json::object details;
  if (head) {
    details["version"] = to_string(head->id.value());
    details["contentHash"] = head->digest ? json::value(to_hex(*head->digest)) : json::value(nullptr);
  }
  return error_answer(409, "CONFLICT", "The document has changed since you looked at it. Look again, then decide.", std::move(details));
}

[[nodiscard]] net::Response restored(Services& services, const engine::HubEditDone& done, const Epoch& epoch) {
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());
  json::object shown = version_json(*done.head, *names);
  shown["epoch"] = to_string(epoch.value());
  shown["changed"] = done.outcome == engine::HubEditOutcome::made;
  return answer(200, shown);
}

/// The text of an old version becomes the document's next one, where the document stands now or stood at last: what is
/// restored is the text, also of a document that was deleted since.
[[nodiscard]] net::Response restore_version(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  auto request = requested_restore(call.request.body);
  if (!request) return error_answer(request.error());
  const auto id = parse_uuid(call.request.capture("version"));
  if (!id) return no_such_version();
  auto version = services.views.version(VersionId(*id));
  if (!version) return error_answer(version.error());
  if (!*version || (*version)->branch != branch->id) return no_such_version();
  // Asked for by a version of the document that was seen, a deletion comes back as well: that undoes a restore.
  if (!(*version)->digest && !request->expected) {
    return error_answer(422, "UNPROCESSABLE", "This version is the deletion of the document; restore one before it.",
                        json::object{{"field", "version"}});
  }
  auto body =
      (*version)->digest ? services.views.body(*(*version)->digest) : Result<std::optional<std::string>>(std::nullopt);
  if (!body) return error_answer(body.error());
  if ((*version)->digest && !*body)
    return error_answer(Error(ErrorCode::corrupt, "The text of this version is missing in the hub's store."));

  constexpr int attempts_max = 8;  // each time somebody else got their change through
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    auto head = services.views.head(branch->id, (*version)->document);
    if (!head) return error_answer(head.error());
    engine::HubEdit edit;
    edit.project = call.project->project.id;
    edit.branch = branch->id;
    edit.user = call.principal.user();
    edit.document = (*version)->document;
    if (*head) edit.expected = (*head)->id;
    edit.path = request->path ? *request->path : *head ? (*head)->path : (*version)->path;
    edit.text = *body;
    const bool there = *head && (*head)->digest == (*version)->digest && (!edit.text || (*head)->path == edit.path);
    if (request->expected && !there && edit.expected != request->expected) return stale(*head);
    auto done = services.commits.edit(std::move(edit));
    if (!done) return error_answer(done.error());
    switch (done->outcome) {
      case engine::HubEditOutcome::made:
      case engine::HubEditOutcome::unchanged:
        return restored(services, *done, services.store.epoch());
      case engine::HubEditOutcome::refused:
        return error_answer(409, "CONFLICT", "The version was not restored: " + done->why + ".");
      case engine::HubEditOutcome::stale:
        if (request->expected) return stale(done->head);
    }
  }
  return error_answer(Error(ErrorCode::unavailable, "The document is being changed by others all the time.", {}, "Try again in a moment."));
}

}  // namespace

void bind_restore(Binder& binder) {
  Services& services = binder.services();
  binder.call(net::Method::post, "/api/projects/{project}/versions/{version}/restore", access::Action::specs_write,
              restore_body_bytes_max, [&services](const Call& call) { return restore_version(services, call); });
  // The same where a spec's history is shown.
  binder.call(net::Method::post, "/api/projects/{project}/specs/{spec}/versions/{version}/restore", access::Action::specs_write,
              restore_body_bytes_max, [&services](const Call& call) { return restore_version(services, call); });
}

}  // namespace leanspec::hub::api
