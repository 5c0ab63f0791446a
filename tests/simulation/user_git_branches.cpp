// From one branch to another.
#include <array>
#include <set>
#include <utility>

#include "tests/simulation/user_git.h"

namespace leanspec::simulation {

/// Each machine has its own branches, and one that all of them know by name.
bool UserGit::change_branch(Chance& dice) {
  if (git().is_merging()) return false;
  const std::array<std::string, 3> names{"main", "topic-" + std::to_string(bridge_.index()), "release"};
  const auto& to = names.at(dice.below(names.size()));
  if (to == git().branch()) return false;
  return git().branches().contains(to) ? go_to_branch(to, dice) : make_branch(to, dice);
}

/// `git switch -c`: nothing on the disk changes.
bool UserGit::make_branch(const std::string& branch, Chance& dice) {
  Steps steps;
  lock(steps, dice);
  steps.push_back({dice.time(0, step_max), [this, branch] {
                     bridge_.disk.leaves_for(branch);
                     git().write_index(git().index());
                   }});
  arrive(steps, branch, dice);
  run("switch -c " + branch, std::move(steps));
  return true;
}

/// What differs between the two commits is written; refused where something of that is not as HEAD has it. The rest
/// stays as it is, on disk and in the index.
bool UserGit::go_to_branch(const std::string& branch, Chance& dice) {
  const auto& from = git().head_tree();
  const auto& to = git().tree_of(git().branches().at(branch));
  const auto text_in = [](const SimulatedGit::Tree& tree, const std::string& path) {
    const auto found = tree.find(path);
    return found == tree.end() ? std::nullopt : std::optional(found->second);
  };
  std::set<std::string> paths;
  for (const auto* tree : {&from, &to}) {
    for (const auto& [path, text] : *tree) {
      if (text_in(from, path) != text_in(to, path)) paths.insert(path);
    }
  }
  auto index = git().index();
  Changes changes;
  for (const auto& path : paths) {
    const auto before = text_in(from, path);
    if (git().on_disk(path) != before || text_in(index, path) != before) return false;
    const auto after = text_in(to, path);
    changes.emplace(path, after);
    if (after)
      index.insert_or_assign(path, *after);
    else
      index.erase(path);
  }
  Steps steps;
  lock(steps, dice);
  steps.push_back({milliseconds(0), [this, branch] { bridge_.disk.leaves_for(branch); }});
  write_all(steps, changes, dice);
  write_index(steps, std::move(index), dice);
  arrive(steps, branch, dice);
  run("switch " + branch, std::move(steps));
  return true;
}

/// [M] HEAD moves up to 7.6 ms after the lock of the index is gone.
void UserGit::arrive(Steps& steps, const std::string& branch, Chance& dice) {
  steps.push_back({dice.time(0, ref_max), [this, branch] {
                     git().move_head(branch);
                     bridge_.disk.arrives_at(branch);
                     say("is on " + branch);
                   }});
}

}  // namespace leanspec::simulation
