#pragma once

/// Statements on projects. Columns of `select_*` are in the order of store::Project.
namespace leanspec::store::sql {

constexpr const char* create_project =
    "INSERT INTO projects (id, name, source, color, favorite, default_branch, created_at, changed_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
constexpr const char* find_project =
    "SELECT id, name, source, color, favorite, default_branch, created_at, changed_at FROM projects WHERE id = $1";
constexpr const char* list_projects =
    "SELECT id, name, source, color, favorite, default_branch, created_at, changed_at FROM projects ORDER BY name, id";
constexpr const char* update_project =
    "UPDATE projects SET name = $2, source = $3, color = $4, favorite = $5, default_branch = $6, created_at = $7, "
    "changed_at = $8 WHERE id = $1 RETURNING id";

}  // namespace leanspec::store::sql
