#include "hub/access/authorize.h"

#include <algorithm>
#include <array>
#include <utility>

namespace leanspec::hub::access {

namespace {

struct ActionRule {
  Action action;
  std::string_view name;
  bool of_project;
  /// Of a project: the least role. Of the hub: viewer means everybody who has signed in, owner means administrators.
  store::Role role;
  /// What a key must have been made for.
  Scope scope;
};

constexpr std::array<ActionRule, 14> rules = {{
    {Action::specs_read, "specs:read", true, store::Role::viewer, Scope::specs_read},
    {Action::specs_write, "specs:write", true, store::Role::editor, Scope::specs_write},
    {Action::bridge_sync, "bridge:sync", true, store::Role::viewer, Scope::bridge_sync},
    {Action::bridge_push, "bridge:push", true, store::Role::editor, Scope::bridge_sync},
    {Action::project_admin, "project:admin", true, store::Role::owner, Scope::project_admin},
    {Action::projects_list, "projects:list", false, store::Role::viewer, Scope::specs_read},
    {Action::project_create, "project:create", false, store::Role::viewer, Scope::bridge_sync},
    {Action::mirrors_add, "mirrors:add", false, store::Role::viewer, Scope::project_admin},
    {Action::machines_read, "machines:read", false, store::Role::viewer, Scope::specs_read},
    {Action::machines_admin, "machines:admin", false, store::Role::owner, Scope::project_admin},
    {Action::keys_admin, "keys:admin", false, store::Role::viewer, Scope::project_admin},
    {Action::users_admin, "users:admin", false, store::Role::owner, Scope::project_admin},
    {Action::audit_read, "audit:read", false, store::Role::owner, Scope::project_admin},
    {Action::metrics_read, "metrics:read", false, store::Role::owner, Scope::project_admin},
}};

constexpr std::array<std::pair<Scope, std::string_view>, 4> scope_names = {{
    {Scope::specs_read, "specs:read"},
    {Scope::specs_write, "specs:write"},
    {Scope::bridge_sync, "bridge:sync"},
    {Scope::project_admin, "project:admin"},
}};

const ActionRule& rule_of(Action action) {
  return *std::find_if(rules.begin(), rules.end(), [action](const auto& rule) { return rule.action == action; });
}

bool has_scope(const store::ApiKey& key, Scope scope) {
  const auto has = [&key](Scope wanted) {
    return std::find(key.scopes.begin(), key.scopes.end(), to_string(wanted)) != key.scopes.end();
  };
  // Who may write may read what it writes.
  return has(scope) || (scope == Scope::specs_read && has(Scope::specs_write));
}

bool is_administrator(const Principal& principal) {
  if (const auto* person = principal.person()) return person->user.administrator;
  if (const auto* holder = principal.key_holder()) return holder->maker ? holder->maker->administrator : true;
  return false;
}

std::optional<store::Role> role_among(const std::vector<store::Membership>& memberships, const ProjectId& project) {
  const auto found =
      std::find_if(memberships.begin(), memberships.end(), [&](const auto& m) { return m.project == project; });
  return found == memberships.end() ? std::nullopt : std::optional(found->role);
}

Status authorize_for_project(const Principal& principal, const ActionRule& rule, const ProjectId& project) {
  const auto role = role_in(principal, project);
  if (!role) return Error(ErrorCode::not_found, "there is no such project", project.value());
  if (*role < rule.role) {
    return Error(ErrorCode::forbidden, "your role in this project does not allow " + std::string(rule.name),
                 project.value(), "Ask an owner of the project.");
  }
  return {};
}

}  // namespace

std::string_view to_string(Scope scope) {
  return std::find_if(scope_names.begin(), scope_names.end(),
                      [scope](const auto& entry) { return entry.first == scope; })
      ->second;
}

std::optional<Scope> parse_scope(std::string_view text) {
  for (const auto& [scope, name] : scope_names) {
    if (name == text) return scope;
  }
  return std::nullopt;
}

const std::vector<Scope>& all_scopes() {
  static const std::vector<Scope> all = {Scope::specs_read, Scope::specs_write, Scope::bridge_sync,
                                         Scope::project_admin};
  return all;
}

std::string_view to_string(Action action) {
  return rule_of(action).name;
}

std::optional<Action> parse_action(std::string_view text) {
  for (const auto& rule : rules) {
    if (rule.name == text) return rule.action;
  }
  return std::nullopt;
}

bool needs_project(Action action) {
  return rule_of(action).of_project;
}

std::optional<store::Role> role_in(const Principal& principal, const ProjectId& project) {
  if (const auto* person = principal.person()) {
    return person->user.administrator ? std::optional(store::Role::owner) : role_among(person->memberships, project);
  }
  if (const auto* holder = principal.key_holder()) {
    if (holder->key.project && *holder->key.project != project) return std::nullopt;
    if (is_administrator(principal)) return store::Role::owner;
    return role_among(holder->memberships, project);
  }
  return std::nullopt;
}

bool can_see(const Principal& principal, const ProjectId& project) {
  return role_in(principal, project).has_value() || principal.may_read_openly(project);
}

Status authorize(const Principal& principal, Action action, const std::optional<ProjectId>& project) {
  const auto& rule = rule_of(action);
  if (action == Action::specs_read && project && principal.may_read_openly(*project)) return {};
  if (action == Action::projects_list && principal.anonymous() && principal.may_read_anything()) return {};
  if (principal.anonymous()) {
    return Error(ErrorCode::unauthenticated, "this needs a signed-in person or an API key", {},
                 "Sign in, or send a key as a bearer token.");
  }
  if (rule.of_project && !project) return Error(ErrorCode::not_found, "there is no such project");
  // What cannot be seen is not there, whatever the key's scopes.
  if (rule.of_project && !can_see(principal, *project))
    return Error(ErrorCode::not_found, "there is no such project", project->value());
  if (const auto* holder = principal.key_holder()) {
    const bool lists = action == Action::projects_list && has_scope(holder->key, Scope::bridge_sync);
    if (!lists && !has_scope(holder->key, rule.scope)) {
      return Error(ErrorCode::forbidden, "the key was not made for " + std::string(to_string(rule.scope)), {},
                   "Make a key with that scope.");
    }
    const bool of_hub_alone = action != Action::projects_list && action != Action::machines_read;
    if (!rule.of_project && holder->key.project && of_hub_alone) {
      return Error(ErrorCode::forbidden, "the key is for one project only", holder->key.project->value());
    }
  }
  if (rule.of_project) return authorize_for_project(principal, rule, *project);
  if (rule.role == store::Role::owner && !is_administrator(principal)) {
    return Error(ErrorCode::forbidden, "only an administrator of the hub may do this", {}, "Ask an administrator.");
  }
  return {};
}

}  // namespace leanspec::hub::access
