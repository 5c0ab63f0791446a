#include "hub/access/authorize.h"

#include <gtest/gtest.h>

namespace leanspec::hub::access {
namespace {

const ProjectId ours{"ours"};
const ProjectId theirs{"theirs"};

Principal person(std::optional<store::Role> role, bool administrator = false) {
  Person someone;
  someone.user.id = UserId{1};
  someone.user.name = "ada";
  someone.user.administrator = administrator;
  if (role) someone.memberships.push_back(store::Membership{UserId{1}, ours, *role});
  return Principal(someone);
}

Principal key(std::vector<std::string> scopes, std::optional<store::Role> role,
              std::optional<ProjectId> project = std::nullopt) {
  KeyHolder holder;
  holder.key.scopes = std::move(scopes);
  holder.key.project = std::move(project);
  if (role) {
    holder.maker = store::User();
    holder.memberships.push_back(store::Membership{UserId{1}, ours, *role});
  }
  return Principal(holder);
}

/// '+' allowed, '0' not found, '-' forbidden, '?' unauthenticated; one letter per action in the order below.
char answer(const Principal& principal, Action action, const ProjectId& project) {
  const auto status = authorize(principal, action, needs_project(action) ? std::optional(project) : std::nullopt);
  if (status) return '+';
  if (status.error().code == ErrorCode::not_found) return '0';
  return status.error().code == ErrorCode::forbidden ? '-' : '?';
}

std::string answers(const Principal& principal, const ProjectId& project) {
  std::string all;
  for (const auto action :
       {Action::specs_read, Action::specs_write, Action::bridge_sync, Action::bridge_push, Action::project_admin,
        Action::projects_list, Action::project_create, Action::machines_read, Action::machines_admin,
        Action::keys_admin, Action::users_admin, Action::audit_read, Action::metrics_read}) {
    all.push_back(answer(principal, action, project));
  }
  return all;
}

TEST(authorize, every_action_for_every_kind_of_principal) {
  using store::Role;
  struct Row {
    std::string who;
    Principal principal;
    std::string in_ours;
    std::string in_theirs;
  };
  //                                               rwspa lcmM kuam
  const std::vector<Row> table = {
      {"nobody", Principal(),
       "?????"
       "????"
       "????",
       "?????"
       "????"
       "????"},
      {"stranger", person(std::nullopt),
       "00000"
       "+++-"
       "+---",
       "00000"
       "+++-"
       "+---"},
      {"viewer", person(Role::viewer),
       "+-+--"
       "+++-"
       "+---",
       "00000"
       "+++-"
       "+---"},
      {"editor", person(Role::editor),
       "++++-"
       "+++-"
       "+---",
       "00000"
       "+++-"
       "+---"},
      {"owner", person(Role::owner),
       "+++++"
       "+++-"
       "+---",
       "00000"
       "+++-"
       "+---"},
      {"administrator", person(std::nullopt, true),
       "+++++"
       "++++"
       "++++",
       "+++++"
       "++++"
       "++++"},
      {"reading key of an owner", key({"specs:read"}, Role::owner),
       "+----"
       "+-+-"
       "----",
       "00000"
       "+-+-"
       "----"},
      {"writing key of an owner", key({"specs:write"}, Role::owner),
       "++---"
       "+-+-"
       "----",
       "00000"
       "+-+-"
       "----"},
      {"writing key of a viewer", key({"specs:write"}, Role::viewer),
       "+----"
       "+-+-"
       "----",
       "00000"
       "+-+-"
       "----"},
      {"bridge key of an editor", key({"bridge:sync"}, Role::editor),
       "--++-"
       "++--"
       "----",
       "00000"
       "++--"
       "----"},
      {"bridge key of a viewer", key({"bridge:sync"}, Role::viewer),
       "--+--"
       "++--"
       "----",
       "00000"
       "++--"
       "----"},
      {"admin key of an owner", key({"project:admin"}, Role::owner),
       "----+"
       "----"
       "+---",
       "00000"
       "----"
       "+---"},
      {"bridge key for one project", key({"bridge:sync"}, std::nullopt, ours),
       "--++-"
       "+---"
       "----",
       "00000"
       "+---"
       "----"},
      {"everything for one project",
       key({"specs:read", "specs:write", "bridge:sync", "project:admin"}, std::nullopt, ours),
       "+++++"
       "+-+-"
       "----",
       "00000"
       "+-+-"
       "----"},
      {"everything of the hub's owner",
       key({"specs:read", "specs:write", "bridge:sync", "project:admin"}, std::nullopt),
       "+++++"
       "++++"
       "++++",
       "+++++"
       "++++"
       "++++"},
  };
  for (const auto& row : table) {
    EXPECT_EQ(answers(row.principal, ours), row.in_ours) << row.who;
    EXPECT_EQ(answers(row.principal, theirs), row.in_theirs) << row.who;
  }
}

TEST(authorize, an_action_of_a_project_without_a_project_is_not_found) {
  EXPECT_EQ(authorize(person(store::Role::owner), Action::specs_read, std::nullopt).error().code, ErrorCode::not_found);
}

TEST(authorize, repositories_are_mirrored_by_people_and_by_keys_for_projects_but_not_by_those_of_bridges) {
  const auto may = [](const Principal& principal) { return answer(principal, Action::mirrors_add, ours); };
  EXPECT_EQ(may(Principal()), '?');
  EXPECT_EQ(may(person(std::nullopt)), '+');
  EXPECT_EQ(may(key({"project:admin"}, std::nullopt)), '+');
  EXPECT_EQ(may(key({"specs:read", "specs:write", "bridge:sync"}, store::Role::owner)), '-');
  EXPECT_EQ(parse_action("mirrors:add"), Action::mirrors_add);
}

TEST(authorize, names_of_scopes_and_actions_are_read_back) {
  for (const auto scope : all_scopes()) EXPECT_EQ(parse_scope(to_string(scope)), scope);
  EXPECT_EQ(parse_scope("run:approve"), std::nullopt);
  EXPECT_EQ(parse_action("machines:admin"), Action::machines_admin);
  EXPECT_EQ(parse_action(""), std::nullopt);
}

}  // namespace
}  // namespace leanspec::hub::access
