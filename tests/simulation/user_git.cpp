#include "tests/simulation/user_git.h"

#include <utility>

namespace leanspec::simulation {

using Giver = SimulatedDisk::Giver;

namespace {

using engine::HintKind;

/// Of a merge that is open for longer only its own files wait for a person.
constexpr milliseconds merge_stalls_for = engine::git_merge_patience + milliseconds(3'000);
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
    case EventKind::git_merge:
      return merge(dice);
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

/// The sign of it comes into git's folder; what is not to be judged before a person ends it is not waited for.
void UserGit::begin(Steps& steps, engine::GitOperation operation, Chance& dice) {
  steps.push_back({dice.time(0, ref_max), [this, operation] {
                     git().begin(operation);
                     bridge_.disturbed(stage_.executor.now() + merge_stalls_for);
                   }});
}

void UserGit::end(Steps& steps, engine::GitOperation operation, Chance& dice) {
  steps.push_back({dice.time(0, ref_max), [this, operation] { git().end(operation); }});
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
  for (const auto& path : git().unmerged()) {
    if (!tree.contains(path) && git().on_disk(path)) changes.emplace(path, std::nullopt);
  }
  return changes;
}

}  // namespace leanspec::simulation
