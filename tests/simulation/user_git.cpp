#include "tests/simulation/user_git.h"

#include <array>
#include <set>
#include <utility>

namespace leanspec::simulation {

using Giver = SimulatedDisk::Giver;

namespace {

using engine::HintKind;

/// Between two system calls of one command, and between two processes that one command starts.
constexpr std::int64_t step_max = 3;
constexpr std::int64_t process_max = 25;
/// [M] Refs move up to 7.6 ms after the index.
constexpr std::int64_t ref_max = 8;
/// Until a bridge has seen that git is at rest, and looked.
constexpr milliseconds noticed_after{3'000};

}  // namespace

void UserGit::begin() {
  user_.touch_clock();
  SimulatedGit::Tree tree;
  for (const auto& [path, truth] : bridge_.disk.files()) {
    if (stage_.chance.percent(75)) tree.emplace(path, truth.text);
  }
  git().write_index(tree);
  git().move_branch(git().make_commit(std::move(tree)));
}

bool UserGit::act(EventKind kind, std::uint64_t value) {
  if (works_ || !user_.reachable() || user_.is_at_work()) return false;
  Chance dice(value);
  user_.touch_clock();
  switch (kind) {
    case EventKind::git_commit:
      return commit(dice);
    case EventKind::git_stash:
      return stash(dice);
    case EventKind::git_reset:
      return reset(dice, false);
    case EventKind::git_reset_back:
      return reset(dice, true);
    case EventKind::git_checkout:
      return checkout(dice);
    case EventKind::git_clean:
      return clean(dice);
    case EventKind::git_switch:
      return change_branch(dice);
    default:
      return false;
  }
}

// ---- steps

void UserGit::run(const std::string& command, Steps steps) {
  say(command);
  works_ = true;
  milliseconds until = stage_.executor.now() + noticed_after;
  for (const auto& step : steps) until += step.pause;
  bridge_.disturbed(until);
  go_on(std::make_shared<const Steps>(std::move(steps)), 0);
}

void UserGit::go_on(const std::shared_ptr<const Steps>& steps, std::size_t next) {
  if (next == steps->size()) {
    works_ = false;
    return;
  }
  constexpr milliseconds away_pause{500};
  stage_.executor.after(user_.reachable() ? (*steps)[next].pause : away_pause, [this, steps, next] {
    // It waits for a disk that is away: a git that dies is not simulated.
    if (!user_.reachable()) {
      bridge_.disturbed(stage_.executor.now() + noticed_after);
      return go_on(steps, next);
    }
    user_.touch_clock();
    (*steps)[next].work();
    go_on(steps, next + 1);
  });
}

void UserGit::say(const std::string& what) {
  stage_.log.add(stage_.executor.now(), "git " + std::to_string(bridge_.index()) + " " + what);
}

void UserGit::put(const std::string& path, const fakes::FileText& text, Giver of) {
  say("puts " + path + " = " + short_hex(text.digest()));
  user_.before_change(path);
  bridge_.disk.put_by_git(path, text, of);
  bridge_.hint(HintKind::closed, path);
}

/// `for_user_since`: its user had taken it away then.
void UserGit::take_away(const std::string& path, std::optional<milliseconds> for_user_since) {
  say("takes away " + path);
  user_.before_change(path);
  if (for_user_since)
    bridge_.disk.take_away_again(path, *for_user_since);
  else
    bridge_.disk.remove_by_git(path);
  bridge_.hint(HintKind::removed, path);
}

void UserGit::lock(Steps& steps, Chance& dice) {
  steps.push_back({dice.time(0, process_max), [this] { git().lock(); }});
}

void UserGit::write_index(Steps& steps, SimulatedGit::Tree tree, Chance& dice) {
  steps.push_back({dice.time(0, step_max), [this, tree = std::move(tree)] { git().write_index(tree); }});
}

/// Git takes a file away and makes a new one of that name.
void UserGit::write_all(Steps& steps, const Changes& changes, Chance& dice) {
  for (const auto& [path, text] : changes) {
    if (!text || dice.percent(40))
      steps.push_back({dice.time(0, step_max), [this, path] { take_away(path, std::nullopt); }});
    if (text) steps.push_back({dice.time(0, step_max), [this, path, text = *text] { put(path, text, Giver::git); }});
  }
}

/// Of what the index has or would have then.
UserGit::Changes UserGit::changes_to(const SimulatedGit::Tree& tree) const {
  Changes changes;
  for (const auto& [path, text] : tree) {
    if (git().on_disk(path) != text) changes.emplace(path, text);
  }
  for (const auto& [path, text] : git().index()) {
    if (!tree.contains(path) && git().on_disk(path)) changes.emplace(path, std::nullopt);
  }
  return changes;
}

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

// ---- commands

/// `git add` of most of what is there, then `git commit`, which takes the lock once more and moves the ref before it
/// writes the index again.
bool UserGit::commit(Chance& dice) {
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
  const auto to = to_earlier ? git().before_head() : std::optional(git().head());
  if (!to) return false;
  const auto tree = git().tree_of(*to);
  const auto changes = changes_to(tree);
  if (changes.empty() && !to_earlier) return false;
  Steps steps;
  lock(steps, dice);
  write_all(steps, changes, dice);
  write_index(steps, tree, dice);
  if (to_earlier) steps.push_back({dice.time(0, ref_max), [this, to = *to] { git().move_branch(to); }});
  run(to_earlier ? "reset --hard HEAD~1" : "reset --hard", std::move(steps));
  return true;
}

bool UserGit::checkout(Chance& dice) {
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

/// Each machine has its own branches, and one that all of them know by name.
bool UserGit::change_branch(Chance& dice) {
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

/// Untracked files go first, by a `git clean` of its own; then `git reset --hard`.
bool UserGit::stash(Chance& dice) {
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
