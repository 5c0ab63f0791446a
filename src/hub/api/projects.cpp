#include <algorithm>
#include <boost/json/value.hpp>
#include <set>

#include "hub/api/answer.h"
#include "hub/api/project_json.h"
#include "hub/api/routes.h"
#include "wire/limits.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

constexpr std::size_t project_name_bytes_max = 200;
constexpr std::size_t color_bytes_max = 32;
constexpr std::size_t recent_projects_max = 5;
constexpr std::size_t patch_body_bytes_max = 4 * 1024;

[[nodiscard]] net::Response list_projects(Services& services, const Call& call) {
  auto projects = visible_projects_json(services, call.principal);
  if (!projects) return error_answer(projects.error());
  json::array recent;
  json::array favorites;
  for (const json::value& project : *projects) {
    if (recent.size() < recent_projects_max) recent.push_back(project.at("id"));
    if (project.at("favorite").as_bool()) favorites.push_back(project.at("id"));
  }
  const std::size_t total = projects->size();
  return answer(200, json::object{{"projects", *std::move(projects)},
                                  {"recentProjects", std::move(recent)},
                                  {"favoriteProjects", std::move(favorites)},
                                  {"total", total},
                                  {"nextCursor", nullptr}});
}

[[nodiscard]] net::Response show_project(Services& services, const Call& call) {
  auto project = project_json(services, *call.project);
  if (!project) return error_answer(project.error());
  return answer(200, json::object{{"project", *std::move(project)}});
}

[[nodiscard]] net::Response change_project(Services& services, const Call& call) {
  auto object = parse_object(call.request.body);
  if (!object) return error_answer(object.error());
  const Fields fields(*object);
  auto name = fields.optional_text("name", project_name_bytes_max);
  if (!name) return error_answer(name.error());
  auto color = fields.optional_text("color", color_bytes_max);
  if (!color) return error_answer(color.error());
  auto favorite = fields.optional_boolean("favorite");
  if (!favorite) return error_answer(favorite.error());
  auto default_branch = fields.optional_text("defaultBranch", wire::limits::name_bytes_max);
  if (!default_branch) return error_answer(default_branch.error());
  if (*name && (*name)->empty()) return error_answer(Error(ErrorCode::invalid, "must not be empty", "name"));

  const Status written = services.store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(auto project, session.projects().find(call.project->project.id));
    if (!project) return Error(ErrorCode::not_found, "The project is gone.");
    if (*name) project->name = **name;
    if (object->contains("color")) project->color = color->value_or("");
    if (*favorite) project->favorite = **favorite;
    if (*default_branch) {
      LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(project->id, **default_branch));
      if (!branch) return Error(ErrorCode::invalid, "is no branch of this project", "defaultBranch", "See its branches.");
      project->default_branch = **default_branch;
    }
    return session.projects().update(*project);
  });
  if (!written) return error_answer(written.error(), "PROJECT_NOT_FOUND");
  services.directory.forget();
  auto listed = services.directory.find(call.project->project.id);
  if (!listed) return error_answer(listed.error(), "PROJECT_NOT_FOUND");
  auto shown = project_json(services, **listed);
  if (!shown) return error_answer(shown.error());
  return answer(200, *std::move(shown));
}

}  // namespace

Result<json::object> project_json(Services& services, const ListedProject& listed) {
  const store::Project& project = listed.project;
  std::size_t specs = 0;
  std::size_t held = 0;
  if (const store::Branch* branch = listed.branch({})) {
    LEANSPEC_ASSIGN(const sources::SpecsAt at, services.specs.specs_at(project, branch->id));
    specs = at.view->size();
  }
  json::array branches;
  std::optional<Instant> last_change;
  for (const store::Branch& branch : listed.branches) {
    branches.emplace_back(branch.name);
    LEANSPEC_ASSIGN(const auto sides, services.views.held(branch.id));
    held += sides.size();
    // Not by its view: those of branches that nobody reads are not to be built for a list.
    LEANSPEC_ASSIGN(const auto now, services.views.branch(project.id, branch.name));
    if (!now || now->head == Seq{}) continue;
    LEANSPEC_ASSIGN(const auto last, services.views.feed(branch.id, Seq(now->head.value() - 1), 1));
    if (!last.empty() && (!last_change || last.front().accepted_at > *last_change)) last_change = last.front().accepted_at;
  }
  std::set<MachineId> machines;
  for (const engine::OnlineBridge& bridge : services.roster.online()) {
    if (bridge.project == project.id) machines.insert(bridge.machine);
  }
  json::object object;
  object["id"] = project.id.value();
  object["name"] = project.name;
  object["path"] = project.id.value();
  object["specsDir"] = "specs";
  object["favorite"] = project.favorite;
  object["color"] = project.color.empty() ? json::value(nullptr) : json::value(project.color);
  object["lastAccessed"] = to_rfc3339(last_change.value_or(project.created_at));
  object["addedAt"] = to_rfc3339(project.created_at);
  object["source"] = project.source;
  object["defaultBranch"] = project.default_branch;
  object["branches"] = std::move(branches);
  object["specCount"] = specs;
  object["heldCount"] = held;
  object["machinesOnline"] = machines.size();
  object["lastChange"] = last_change ? json::value(to_rfc3339(*last_change)) : json::value(nullptr);
  const auto stale = services.specs.stale(project.id);
  object["stale"] = stale ? json::value{{"since", to_rfc3339(stale->since)}, {"why", stale->why}} : json::value(nullptr);
  return object;
}

Result<json::array> visible_projects_json(Services& services, const access::Principal& principal) {
  LEANSPEC_ASSIGN(const auto listed, services.directory.list());
  std::vector<json::object> projects;
  for (const auto& project : listed) {
    if (!access::can_see(principal, project->project.id)) continue;
    LEANSPEC_ASSIGN(json::object shown, project_json(services, *project));
    projects.push_back(std::move(shown));
  }
  std::stable_sort(projects.begin(), projects.end(), [](const json::object& a, const json::object& b) {
    return a.at("lastAccessed").as_string() > b.at("lastAccessed").as_string();
  });
  json::array array;
  for (json::object& project : projects) array.push_back(std::move(project));
  return array;
}

void bind_projects(Binder& binder) {
  Services& services = binder.services();
  const auto with = [&services](net::Response (*handle)(Services&, const Call&)) {
    return [&services, handle](const Call& call) { return handle(services, call); };
  };
  using access::Action;
  binder.call(net::Method::get, "/api/projects", Action::projects_list, 0, with(list_projects));
  binder.call(net::Method::get, "/api/projects/{project}", Action::specs_read, 0, with(show_project));
  binder.call(net::Method::patch, "/api/projects/{project}", Action::project_admin, patch_body_bytes_max, with(change_project));
}

}  // namespace leanspec::hub::api
