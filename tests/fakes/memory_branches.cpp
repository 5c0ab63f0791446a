// The branches of MemoryVersionLog.
#include <algorithm>

#include "tests/fakes/memory_session.h"

namespace leanspec::fakes {

using store::Branch;

Result<Branch> MemoryVersionLog::create_branch(const ProjectId& project, std::string_view name,
                                               const store::Fork& fork) {
  LEANSPEC_ASSIGN(const std::optional<Branch> taken, find_branch(project, name));
  if (taken) return already_there(name);
  if (!tables_.projects.contains(project)) return not_stored();
  if (fork.of && !tables_.branches.contains(*fork.of)) return not_stored();
  Branch branch;
  branch.fork = fork;
  branch.id = BranchId{static_cast<std::int64_t>(tables_.branches.size()) + 1};
  branch.project = project;
  branch.name = name;
  undo_.set(tables_.branches, branch.id, branch);
  return branch;
}

Status MemoryVersionLog::rename_branch(BranchId id, std::string_view name) {
  const auto found = tables_.branches.find(id);
  if (found == tables_.branches.end()) return {};
  LEANSPEC_ASSIGN(const std::optional<Branch> taken, find_branch(found->second.project, name));
  if (taken && taken->id != id) return already_there(name);
  Branch branch = found->second;
  branch.name = name;
  undo_.set(tables_.branches, id, std::move(branch));
  return {};
}

Status MemoryVersionLog::begin_after_copies(BranchId id) {
  const auto found = tables_.branches.find(id);
  if (found == tables_.branches.end()) return {};
  Branch branch = found->second;
  branch.copied = branch.head;
  undo_.set(tables_.branches, id, std::move(branch));
  return {};
}

Result<std::optional<Branch>> MemoryVersionLog::find_branch(const ProjectId& project, std::string_view name) {
  for (const auto& [id, branch] : tables_.branches) {
    if (branch.project == project && branch.name == name) return std::optional(branch);
  }
  return std::optional<Branch>();
}

Result<std::optional<Branch>> MemoryVersionLog::find_branch(BranchId id) {
  return look_up(tables_.branches, id);
}

Result<std::vector<Branch>> MemoryVersionLog::branches(const ProjectId& project) {
  std::vector<Branch> found;
  for (const auto& [id, branch] : tables_.branches) {
    if (branch.project == project) found.push_back(branch);
  }
  std::sort(found.begin(), found.end(), [](const Branch& a, const Branch& b) { return a.name < b.name; });
  return found;
}

}  // namespace leanspec::fakes
