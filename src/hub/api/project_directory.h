#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace leanspec::hub::api {

/// A project with its branches.
struct ListedProject {
  store::Project project;
  std::vector<store::Branch> branches;

  /// By name; nothing and "" mean the default branch.
  [[nodiscard]] const store::Branch* branch(std::string_view name) const;
};

/// Which projects and branches there are, in memory. Read again after `forget` and on a miss; branch heads in it are as of then.
/// Safe from every thread.
class ProjectDirectory {
 public:
  explicit ProjectDirectory(store::Store& store) : store_(store) {}

  /// Errors: not_found, and the store's.
  [[nodiscard]] Result<std::shared_ptr<const ListedProject>> find(const ProjectId& id);
  [[nodiscard]] Result<std::vector<std::shared_ptr<const ListedProject>>> list();
  /// Of a branch; nothing when unknown.
  [[nodiscard]] Result<std::shared_ptr<const ListedProject>> of_branch(BranchId branch);
  /// Whether the branch is known here, without asking the store.
  [[nodiscard]] bool knows(BranchId branch);
  /// Something about projects or branches changed.
  void forget();

 private:
  using Projects = std::map<ProjectId, std::shared_ptr<const ListedProject>>;
  [[nodiscard]] Result<std::shared_ptr<const Projects>> load(bool fresh);

  [[nodiscard]] static std::shared_ptr<const ListedProject> search(const Projects& projects, BranchId branch);

  store::Store& store_;
  std::mutex mutex_;
  std::shared_ptr<const Projects> projects_;
};

}  // namespace leanspec::hub::api
