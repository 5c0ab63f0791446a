// What a person has git do with commits and the files of this branch.
#include <utility>

#include "tests/simulation/user_git.h"

namespace leanspec::simulation {

/// `git add` of most of what is there, then `git commit`, which takes the lock once more and moves the ref before it
/// writes the index again.
bool UserGit::commit(Chance& dice) {
  if (git().is_merging()) return commit_merge(dice);
  auto tree = git().index();
  bool any = false;
  const auto add = [&](const std::string& path, const std::optional<fakes::FileText>& text) {
    if (!dice.percent(80)) return;
    any = true;
    if (text)
      tree.insert_or_assign(path, *text);
    else
      tree.erase(path);
  };
  for (const auto& [path, text] : git().index()) {
    if (const auto there = git().on_disk(path); there != text) add(path, there);
  }
  for (const auto& path : git().untracked()) add(path, git().on_disk(path));
  if (!any) return false;
  Steps steps;
  lock(steps, dice);
  write_index(steps, tree, dice);
  lock(steps, dice);
  steps.push_back({dice.time(0, ref_max), [this, tree] { git().move_branch(git().make_commit(tree)); }});
  write_index(steps, std::move(tree), dice);
  run("commit", std::move(steps));
  return true;
}

bool UserGit::reset(Chance& dice, bool to_earlier) {
  if (git().is_merging() && dice.percent(60) && abort_merge(dice)) return true;
  const auto to = to_earlier ? git().before_head() : std::optional(git().head());
  if (!to) return false;
  const auto tree = git().tree_of(*to);
  const auto changes = changes_to(tree);
  if (changes.empty() && !to_earlier && !git().is_merging()) return false;
  Steps steps;
  lock(steps, dice);
  write_all(steps, changes, dice);
  write_index(steps, tree, dice);
  if (to_earlier) steps.push_back({dice.time(0, ref_max), [this, to = *to] { git().move_branch(to); }});
  if (git().is_merging()) end(steps, engine::GitOperation::merge, dice);
  run(to_earlier ? "reset --hard HEAD~1" : "reset --hard", std::move(steps));
  return true;
}

bool UserGit::checkout(Chance& dice) {
  if (!git().unmerged().empty()) return false;
  const auto tree = git().index();
  const auto changes = changes_to(tree);
  if (changes.empty()) return false;
  Steps steps;
  lock(steps, dice);
  write_all(steps, changes, dice);
  write_index(steps, tree, dice);
  run("checkout .", std::move(steps));
  return true;
}

/// [M] Takes no lock. What its own user made there last is deleted, as if by hand; what came from others was only
/// cleaned up here (law 23).
bool UserGit::clean(Chance& dice) {
  const auto untracked = git().untracked();
  if (untracked.empty()) return false;
  Steps steps;
  for (const auto& path : untracked) {
    steps.push_back({dice.time(0, step_max), [this, path] {
                       const auto file = bridge_.disk.files().find(path);
                       if (file == bridge_.disk.files().end()) return;
                       const bool own = !file->second.of_others && !file->second.of_git;
                       take_away(path, own ? std::optional(stage_.executor.now()) : std::nullopt);
                     }});
  }
  run("clean -fd", std::move(steps));
  return true;
}

}  // namespace leanspec::simulation
