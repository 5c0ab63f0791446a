#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "hub/api/answer.h"
#include "hub/api/routes.h"
#include "hub/api/spec_of_path.h"
#include "hub/api/spec_query.h"
#include "hub/api/version_json.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// The document of a spec's file: README.md, or the sub-spec that `?file=` names.
[[nodiscard]] Result<spec::SourceFile> requested_file(const spec::ProjectView& view, const net::Request& request) {
  const spec::SpecEntryPtr entry = view.find(request.capture("spec"));
  if (entry == nullptr) return Error(ErrorCode::not_found, "There is no spec '" + std::string(request.capture("spec")) + "'.");
  const std::string_view file = request.parameter("file").value_or("");
  if (file.empty() || file == "README.md") return entry->spec->source;
  for (const spec::SubSpec& sub : entry->sub_specs) {
    if (sub.file == file) return sub.source;
  }
  return Error(ErrorCode::not_found, "Spec '" + entry->spec->id + "' has no file '" + std::string(file) + "'.");
}

[[nodiscard]] net::Response page_of_history(Services& services, const Call& call, const BranchId& branch,
                                            const DocumentId& document) {
  auto limit = requested_limit(call.request);
  if (!limit) return error_answer(limit.error());
  auto before = requested_before(call.request);
  if (!before) return error_answer(before.error());
  auto versions = services.views.history(branch, document, *before, *limit + 1);
  if (!versions) return error_answer(versions.error());
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());
  json::value next = nullptr;
  if (versions->size() > *limit) {
    versions->pop_back();
    next = to_string(versions->back().id.value());
  }
  json::array array;
  auto held = services.views.held(branch);
  if (!held) return error_answer(held.error());
  std::map<VersionId, std::string_view> why_held;
  for (const store::HeldVersion& one : *held) why_held.emplace(one.version.id, one.why);
  for (const store::Version& version : *versions) {
    json::object& shown = array.emplace_back(version_json(version, *names)).as_object();
    if (const auto why = why_held.find(version.id); why != why_held.end()) shown["held"] = why->second;
  }
  const std::size_t total = array.size();
  return answer(200, json::object{{"versions", std::move(array)}, {"total", total}, {"nextCursor", next}});
}

[[nodiscard]] net::Response show_history(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  auto at = services.views.view_at(branch->id);
  if (!at) return error_answer(at.error());
  auto file = requested_file(*at->view, call.request);
  if (!file) return error_answer(file.error(), "SPEC_NOT_FOUND");
  return page_of_history(services, call, branch->id, file->document);
}

/// Of the document that stands at a path or was the last to stand there: also of what is deleted, or no spec's.
[[nodiscard]] net::Response show_history_at_path(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  const std::string_view path = call.request.parameter("path").value_or("");
  if (path.empty()) return error_answer(Error(ErrorCode::invalid, "is missing", "path", "Give the path below the specs folder."));
  auto head = services.views.head_at_path(branch->id, path);
  if (!head) return error_answer(head.error());
  if (!*head) return error_answer(404, "NOT_FOUND", "Nothing ever stood at '" + std::string(path) + "'.");
  return page_of_history(services, call, branch->id, (*head)->document);
}

[[nodiscard]] net::Response show_version(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  const auto id = parse_uuid(call.request.capture("version"));
  if (!id) return error_answer(404, "VERSION_NOT_FOUND", "There is no such version.");
  auto version = services.views.version(VersionId(*id));
  if (!version) return error_answer(version.error());
  if (!*version || (*version)->branch != branch->id) return error_answer(404, "VERSION_NOT_FOUND", "There is no such version.");
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());
  json::object object = version_json(**version, *names);
  object["content"] = nullptr;
  if ((*version)->digest) {
    auto body = services.views.body(*(*version)->digest);
    if (!body) return error_answer(body.error());
    if (*body) object["content"] = json_text(**body);
  }
  return answer(200, object);
}

[[nodiscard]] net::Response list_held(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  auto at = services.views.view_at(branch->id);
  if (!at) return error_answer(at.error());
  auto held = services.views.held(branch->id);
  if (!held) return error_answer(held.error());
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());
  json::array array;
  for (const store::HeldVersion& one : *held) array.push_back(held_json(one, *at->view, *names));
  const std::size_t total = array.size();
  return answer(200, json::object{{"held", std::move(array)}, {"total", total}, {"nextCursor", nullptr}});
}

}  // namespace

Result<VersionNames> version_names(store::Store& store) {
  VersionNames names;
  LEANSPEC_TRY(store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto machines, session.machines().list());
    for (const store::Machine& machine : machines) names.machines[machine.id] = machine.name;
    LEANSPEC_ASSIGN(const auto users, session.accounts().users());
    for (const store::User& user : users) names.users[user.id] = user.name;
    return {};
  }));
  return names;
}

json::object version_json(const store::Version& version, const VersionNames& names) {
  json::object object;
  object["version"] = to_string(version.id.value());
  object["path"] = version.path;
  object["kind"] = version.kind == store::VersionKind::head ? "head" : "side";
  object["parent"] = version.parent ? json::value(to_string(version.parent->value())) : json::value(nullptr);
  object["secondParent"] = version.second_parent ? json::value(to_string(version.second_parent->value())) : json::value(nullptr);
  object["seq"] = version.seq == Seq{} ? json::value(nullptr) : json::value(version.seq.value());
  object["deleted"] = !version.digest.has_value();
  object["size"] = version.size;
  object["contentHash"] = version.digest ? json::value(to_hex(*version.digest)) : json::value(nullptr);
  object["machine"] = nullptr;
  if (version.machine) {
    const auto name = names.machines.find(*version.machine);
    object["machine"] = json::object{{"id", to_string(version.machine->value())}, {"name", name == names.machines.end() ? "" : name->second}};
  }
  object["user"] = nullptr;
  if (version.user) {
    const auto name = names.users.find(*version.user);
    object["user"] = json::object{{"name", name == names.users.end() ? "" : name->second}};
  }
  object["acceptedAt"] = to_rfc3339(version.accepted_at);
  object["effectiveAt"] = to_rfc3339(version.effective_at);
  object["commit"] = version.commit.empty() ? json::value(nullptr) : json::value(version.commit);
  object["held"] = nullptr;
  return object;
}

json::object held_json(const store::HeldVersion& held, const spec::ProjectView& view, const VersionNames& names) {
  json::object object = version_json(held.version, names);
  object["held"] = held.why;
  object["why"] = held.why;
  const std::string spec = spec_of_path(view, held.version.path);
  object["spec"] = spec.empty() ? json::value(nullptr) : json::value(spec);
  return object;
}

void bind_history(Binder& binder) {
  Services& services = binder.services();
  const auto with = [&services](net::Response (*handle)(Services&, const Call&)) {
    return [&services, handle](const Call& call) { return handle(services, call); };
  };
  using access::Action;
  binder.call(net::Method::get, "/api/projects/{project}/specs/{spec}/history", Action::specs_read, 0, with(show_history));
  binder.call(net::Method::get, "/api/projects/{project}/specs/{spec}/versions/{version}", Action::specs_read, 0, with(show_version));
  binder.call(net::Method::get, "/api/projects/{project}/history", Action::specs_read, 0, with(show_history_at_path));
  binder.call(net::Method::get, "/api/projects/{project}/held", Action::specs_read, 0, with(list_held));
}

}  // namespace leanspec::hub::api
