#include <array>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/project_json.h"
#include "hub/api/routes.h"

/// What LeanSpec's own server has and a hub has not, or has in another way: its clients get an answer that is true.

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

using access::Action;
using net::Method;

constexpr std::size_t small_body_bytes_max = std::size_t{64} * 1024;

[[nodiscard]] net::Response not_here(std::string_view what) {
  return error_answer(501, "NOT_AVAILABLE", std::string(what) + " not available at this hub.");
}

[[nodiscard]] net::Response no_such(std::string_view what) {
  return error_answer(404, "NOT_FOUND", std::string(what) + " not found");
}

[[nodiscard]] net::Response validate_project(const Call& call) {
  const store::Project& project = call.project->project;
  return answer(200, json::object{{"projectId", project.id.value()},
                                  {"path", project.id.value()},
                                  {"validation", json::object{{"isValid", true}, {"specsDir", "specs"}}}});
}

[[nodiscard]] net::Response toggle_favorite(Services& services, const Call& call) {
  bool favorite = false;
  const Status written = services.store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(auto project, session.projects().find(call.project->project.id));
    if (!project) return Error(ErrorCode::not_found, "The project is gone.");
    favorite = project->favorite = !project->favorite;
    return session.projects().update(*project);
  });
  if (!written) return error_answer(written.error(), "PROJECT_NOT_FOUND");
  services.directory.forget();
  return answer(200, json::object{{"favorite", favorite}});
}

[[nodiscard]] net::Response add_project(const Call& call) {
  auto body = parse_object(call.request.body);
  if (!body) return error_answer(body.error());
  constexpr std::size_t path_bytes_max = 4096;
  if (auto path = Fields(*body).text("path", path_bytes_max); !path) return error_answer(path.error());
  return error_answer(
      400, "INVALID_REQUEST",
      "This hub does not look into its own machine's folders. Run `leanspec-bridge add` where the project is.");
}

struct Absent {
  Method method;
  const char* pattern;
  Action action;
  const char* what;
};

/// Asked for by name at a server that runs agents and looks into its machine's folders.
constexpr Absent absent[] = {
    {Method::del, "/api/projects/{project}", Action::project_admin, "Taking a project away with its history is"},
    {Method::post, "/api/local-projects/list-directory", Action::project_create,
     "Looking into this machine's folders is"},
    {Method::post, "/api/local-projects/discover", Action::project_create, "Looking into this machine's folders is"},
    {Method::post, "/api/sessions", Action::projects_list, "Agent sessions are"},
    {Method::put, "/api/runners/default", Action::projects_list, "Agent runners are"},
    {Method::post, "/api/runners", Action::projects_list, "Agent runners are"},
    {Method::post, "/api/chat", Action::projects_list, "The chat is"},
    {Method::put, "/api/chat/config", Action::projects_list, "The chat is"},
    {Method::post, "/api/chat/sessions", Action::projects_list, "The chat is"},
    {Method::post, "/api/chat/generate-title", Action::projects_list, "The chat is"},
    {Method::post, "/api/models/refresh", Action::projects_list, "The chat is"},
};

/// Nothing of the kind is here, so none can be found.
constexpr const char* never_found[] = {"/api/sessions/{id}", "/api/sessions/{id}/logs", "/api/sessions/{id}/events",
                                       "/api/runners/{id}",  "/api/chat/sessions/{id}", "/api/models/providers/{id}"};

[[nodiscard]] json::value empty_list(std::string_view path) {
  if (path == "/api/runners") return json::object{{"default", nullptr}, {"runners", json::array()}};
  if (path == "/api/models/providers") {
    return json::object{
        {"providers", json::array()}, {"configuredProviderIds", json::array()}, {"total", 0}, {"configuredCount", 0}};
  }
  if (path == "/api/chat/config") {
    return json::object{{"version", "2.0"},
                        {"providers", json::array()},
                        {"settings", json::object{{"maxSteps", 0}, {"defaultProviderId", ""}, {"defaultModelId", ""}}}};
  }
  if (path == "/api/capabilities") return json::object{{"projectSources", json::array()}, {"readonly", false}};
  return json::array();
}

}  // namespace

void bind_leanspec_routes(Binder& binder) {
  Services& services = binder.services();
  binder.call(Method::post, "/api/projects/{project}/validate", Action::specs_read, small_body_bytes_max,
              validate_project);
  binder.call(Method::post, "/api/projects/{project}/favorite", Action::project_admin, small_body_bytes_max,
              [&services](const Call& call) { return toggle_favorite(services, call); });
  binder.call(Method::post, "/api/projects", Action::project_create, small_body_bytes_max, add_project);
  binder.call(Method::post, "/api/projects/refresh", Action::projects_list, small_body_bytes_max, [](const Call&) {
    // A project here is what the hub has of it, so none can have become invalid.
    return answer(200, json::object{{"message", "Removed 0 invalid projects"}, {"removed", 0}});
  });
  for (const Absent& one : absent) {
    binder.call(one.method, one.pattern, one.action, small_body_bytes_max,
                [what = one.what](const Call&) { return not_here(what); });
  }
  for (const char* pattern : never_found) {
    binder.call(Method::get, pattern, Action::projects_list, 0,
                [](const Call& call) { return no_such(call.request.capture("id")); });
  }
  for (const char* path : {"/api/sessions", "/api/runners", "/api/runners/available", "/api/chat/config",
                           "/api/chat/sessions", "/api/models/providers", "/api/capabilities"}) {
    binder.call(Method::get, path, Action::projects_list, 0,
                [path](const Call&) { return answer(200, empty_list(path)); });
  }
}

}  // namespace leanspec::hub::api
