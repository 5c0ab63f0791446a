#include "store/sqlite/project_catalog.h"

#include "store/sql/project_catalog.h"

namespace leanspec::store::sqlite {
namespace {

[[nodiscard]] Project read_project(Row& row) {
  Project project;
  project.id = row.id<ProjectId>();
  project.name = row.text();
  project.source = row.text();
  project.color = row.text();
  project.favorite = row.flag();
  project.default_branch = row.text();
  project.created_at = row.time();
  project.changed_at = row.time();
  return project;
}

}  // namespace

Status SqliteProjectCatalog::create(const Project& project) {
  return database_.run(sql::create_project, {project.id, project.name, project.source, project.color, project.favorite,
                                             project.default_branch, project.created_at, project.changed_at});
}

Result<std::optional<Project>> SqliteProjectCatalog::find(const ProjectId& id) {
  return database_.find(sql::find_project, {id}, read_project);
}

Result<std::vector<Project>> SqliteProjectCatalog::list() {
  return database_.all(sql::list_projects, {}, read_project);
}

Status SqliteProjectCatalog::update(const Project& project) {
  return database_.change(sql::update_project,
                          {project.id, project.name, project.source, project.color, project.favorite,
                           project.default_branch, project.created_at, project.changed_at},
                          "no such project", project.id.value());
}

}  // namespace leanspec::store::sqlite
