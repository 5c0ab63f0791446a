#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/access/principal.h"

namespace leanspec::hub::access {

/// What a key may be made for; a key's other rights are its maker's.
enum class Scope { specs_read, specs_write, bridge_sync, project_admin };
[[nodiscard]] std::string_view to_string(Scope scope);
[[nodiscard]] std::optional<Scope> parse_scope(std::string_view text);
[[nodiscard]] const std::vector<Scope>& all_scopes();

/// What a route or a message needs. The first group is asked of one project, the second of the whole hub.
enum class Action {
  specs_read,
  specs_write,
  bridge_sync,  ///< connect a bridge and receive; to push it needs an editor's role as well (bridge_push)
  bridge_push,
  project_admin,  ///< settings and members of the project

  projects_list,  ///< whatever is visible; filter with can_see
  project_create,
  mirrors_add,  ///< a project that follows a repository
  machines_read,
  machines_admin,  ///< rename and revoke
  keys_admin,
  users_admin,
  audit_read,
  metrics_read,
};
[[nodiscard]] std::string_view to_string(Action action);
/// "specs:read" and so on, as routes declare them.
[[nodiscard]] std::optional<Action> parse_action(std::string_view text);
/// Whether the action is asked of a project.
[[nodiscard]] bool needs_project(Action action);

/// The one place where rights are decided. Errors: unauthenticated (nobody), forbidden, and not_found in place of
/// forbidden for a project that the principal cannot see, so that its existence does not show.
[[nodiscard]] Status authorize(const Principal& principal, Action action, const std::optional<ProjectId>& project);

[[nodiscard]] bool can_see(const Principal& principal, const ProjectId& project);
/// The principal's role there; nothing: none.
[[nodiscard]] std::optional<store::Role> role_in(const Principal& principal, const ProjectId& project);

}  // namespace leanspec::hub::access
