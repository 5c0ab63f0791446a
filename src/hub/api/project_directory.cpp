#include "hub/api/project_directory.h"

#include <algorithm>
#include <string>
#include <utility>

namespace leanspec::hub::api {

const store::Branch* ListedProject::branch(std::string_view name) const {
  const std::string_view wanted = name.empty() ? std::string_view(project.default_branch) : name;
  const auto found = std::find_if(branches.begin(), branches.end(), [&](const store::Branch& b) { return b.name == wanted; });
  if (found != branches.end()) return &*found;
  // A project whose default branch nobody has synced yet still shows what it has.
  return name.empty() && !branches.empty() ? &branches.front() : nullptr;
}

Result<std::shared_ptr<const ProjectDirectory::Projects>> ProjectDirectory::load(bool fresh) {
  const std::lock_guard lock(mutex_);
  if (projects_ != nullptr && !fresh) return projects_;
  auto projects = std::make_shared<Projects>();
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(std::vector<store::Project> list, session.projects().list());
    for (store::Project& project : list) {
      auto listed = std::make_shared<ListedProject>();
      LEANSPEC_ASSIGN(listed->branches, session.versions().branches(project.id));
      listed->project = std::move(project);
      const ProjectId id = listed->project.id;
      projects->emplace(id, std::move(listed));
    }
    return {};
  }));
  projects_ = std::move(projects);
  return projects_;
}

Result<std::shared_ptr<const ListedProject>> ProjectDirectory::find(const ProjectId& id) {
  for (const bool fresh : {false, true}) {
    LEANSPEC_ASSIGN(const auto projects, load(fresh));
    if (const auto found = projects->find(id); found != projects->end() && !found->second->branches.empty()) return found->second;
    if (fresh) {
      if (const auto found = projects->find(id); found != projects->end()) return found->second;
    }
  }
  return Error(ErrorCode::not_found, "There is no project '" + id.value() + "', or you may not see it.");
}

Result<std::vector<std::shared_ptr<const ListedProject>>> ProjectDirectory::list() {
  LEANSPEC_ASSIGN(const auto projects, load(false));
  std::vector<std::shared_ptr<const ListedProject>> list;
  list.reserve(projects->size());
  for (const auto& [id, project] : *projects) list.push_back(project);
  return list;
}

std::shared_ptr<const ListedProject> ProjectDirectory::search(const Projects& projects, BranchId branch) {
  for (const auto& [id, project] : projects) {
    for (const store::Branch& candidate : project->branches) {
      if (candidate.id == branch) return project;
    }
  }
  return nullptr;
}

Result<std::shared_ptr<const ListedProject>> ProjectDirectory::of_branch(BranchId branch) {
  for (const bool fresh : {false, true}) {
    LEANSPEC_ASSIGN(const auto projects, load(fresh));
    if (auto found = search(*projects, branch)) return found;
  }
  return Error(ErrorCode::not_found, "There is no such branch.");
}

bool ProjectDirectory::knows(BranchId branch) {
  const std::lock_guard lock(mutex_);
  return projects_ != nullptr && search(*projects_, branch) != nullptr;
}

void ProjectDirectory::forget() {
  const std::lock_guard lock(mutex_);
  projects_ = nullptr;
}

}  // namespace leanspec::hub::api
