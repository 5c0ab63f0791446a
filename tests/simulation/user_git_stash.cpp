// `git stash` and `git stash pop`.
#include <utility>

#include "tests/simulation/user_git.h"

namespace leanspec::simulation {

using Giver = SimulatedDisk::Giver;

UserGit::Kept UserGit::kept(const std::string& path) const {
  auto text = git().on_disk(path);
  // What its bridge has sent and all agree on is no older text any more; what a power cut left is nobody's.
  const bool agreed =
      bridge_.running() && bridge_.replica()->why(path, bridge_.now()).state == engine::FileState::in_sync;
  const auto file = bridge_.disk.files().find(path);
  const bool of_user = agreed || file == bridge_.disk.files().end() || !file->second.is_promised_to_nobody();
  const auto giver = of_user ? Giver::user : file->second.of_nobody ? Giver::nobody : Giver::git;
  return {std::move(text), giver, bridge_.disk.gone_since(path)};
}

/// Untracked files go first, by a `git clean` of its own; then `git reset --hard`.
bool UserGit::stash(Chance& dice) {
  if (git().is_merging()) return false;
  Stash stash;
  stash.base = git().head_tree();
  Changes changes;
  for (const auto& [path, text] : changes_to(stash.base)) {
    stash.tracked.emplace(path, kept(path));
    changes.emplace(path, text);
  }
  if (dice.percent(50)) {
    for (const auto& path : git().untracked()) stash.untracked.emplace(path, kept(path));
  }
  if (stash.tracked.empty() && stash.untracked.empty()) return false;
  Steps steps;
  for (const auto& [path, text] : stash.untracked)
    steps.push_back({dice.time(0, step_max), [this, path = path] { take_away(path, std::nullopt); }});
  lock(steps, dice);
  write_all(steps, changes, dice);
  write_index(steps, stash.base, dice);
  if (dice.percent(85)) {
    const auto later = dice.percent(30) ? dice.time(0, 300) : dice.time(300, 12'000);
    steps.push_back({milliseconds(0), [this, later, stash = std::move(stash), value = dice.bits()] {
                       stage_.executor.after(later, [this, stash, value] {
                         Chance then(value);
                         if (!works_ && user_.reachable() && !user_.is_at_work()) pop(stash, then);
                       });
                     }});
  }
  run("stash", std::move(steps));
  return true;
}

/// Refused where it would write over what is not as HEAD has it; what it cannot give back stays put by.
void UserGit::pop(const Stash& stash, Chance& dice) {
  if (git().is_merging()) return;
  const auto& head = git().head_tree();
  const auto text_in = [](const SimulatedGit::Tree& tree, const std::string& path) {
    const auto found = tree.find(path);
    return found == tree.end() ? std::nullopt : std::optional(found->second);
  };
  for (const auto& [path, kept] : stash.tracked) {
    const auto now = text_in(head, path);
    if (now != text_in(stash.base, path) || git().on_disk(path) != now || text_in(git().index(), path) != now) return;
  }
  Steps untracked;
  for (const auto& [path, kept] : stash.untracked) {
    if (git().on_disk(path) || !kept.text) continue;
    untracked.push_back({dice.time(0, step_max), [this, path = path, kept = kept] { put(path, *kept.text, kept.of); }});
  }
  Steps steps;
  if (!stash.tracked.empty()) {
    lock(steps, dice);
    for (const auto& [path, kept] : stash.tracked) {
      steps.push_back({dice.time(0, step_max), [this, path = path, kept = kept] {
                         kept.text ? put(path, *kept.text, kept.of) : take_away(path, kept.gone_since);
                       }});
    }
    // What the stash had made anew stays in the index.
    auto tree = git().index();
    for (const auto& [path, kept] : stash.tracked) {
      if (kept.text && !tree.contains(path)) tree.emplace(path, *kept.text);
    }
    write_index(steps, std::move(tree), dice);
  }
  steps.insert(steps.end(), untracked.begin(), untracked.end());
  if (!steps.empty()) run("stash pop", std::move(steps));
}

}  // namespace leanspec::simulation
