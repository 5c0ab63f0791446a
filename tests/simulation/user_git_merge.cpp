// `git merge`, and what a person does where it could not join two sides. [M] The order: the index is written once as it
// was, then after the files, MERGE_HEAD up to 8 ms after that; in its commit the ref moves before MERGE_HEAD goes.
#include <algorithm>
#include <utility>
#include <vector>

#include "tests/simulation/user_git.h"

namespace leanspec::simulation {

using engine::GitOperation;

namespace {

/// So long people leave a merge open: git's own files are all that is held after half a minute of it.
constexpr std::int64_t open_max = 90'000;

}  // namespace

bool UserGit::merge(Chance& dice) {
  if (git().is_merging()) return false;
  const auto from = theirs(dice);
  if (!from) return false;
  if (merge(*from, dice)) return true;
  // Something stands in the way: most people commit first.
  if (!dice.percent(80) || !commit(dice)) return false;
  merge_later(dice.bits());
  return true;
}

void UserGit::merge_later(std::uint64_t value) {
  constexpr milliseconds pause{200};
  stage_.executor.after(pause, [this, value] {
    if (works_) return merge_later(value);
    if (finishes_ || !user_.reachable() || user_.is_at_work() || git().is_merging()) return;
    user_.touch_clock();
    Chance dice(value);
    if (const auto from = theirs(dice)) merge(*from, dice);
  });
}

/// Another branch of this machine's, or what somebody has sent who does not sync.
std::optional<UserGit::Theirs> UserGit::theirs(Chance& dice) {
  std::vector<Theirs> found;
  for (const auto& [branch, commit] : git().branches()) {
    if (!git().is_ancestor(commit, git().head())) found.push_back({branch, commit});
  }
  if (!found.empty() && dice.percent(50)) return found[dice.below(found.size())];
  return Theirs{"contribution-" + std::to_string(++merges_), contribution(dice)};
}

/// Some files of HEAD or of the commit before are edited, and at times one is new or one is gone.
SimulatedGit::CommitId UserGit::contribution(Chance& dice) {
  const auto from = dice.percent(70) ? git().before_head().value_or(git().head()) : git().head();
  auto tree = git().tree_of(from);
  std::vector<std::string> paths;
  for (const auto& [path, text] : tree) paths.push_back(path);
  for (auto edits = dice.between(1, 4); edits > 0 && !paths.empty(); --edits) {
    auto& text = tree.at(paths[dice.below(paths.size())]);
    text = user_.edited(text.bytes(), dice);
  }
  if (dice.percent(20) && !paths.empty()) tree.erase(paths[dice.below(paths.size())]);
  if (dice.percent(30)) {
    const auto number = (bridge_.index() + 1) * 100 + ++merges_;
    tree.emplace("2" + std::to_string(number) + "-contributed/README.md",
                 SimulatedUser::text_of(number * 1'000'000, static_cast<std::size_t>(dice.between(0, 400))));
  }
  return git().make_commit(std::move(tree), {from});
}

/// Git refuses where it would write over what is not as HEAD has it.
bool UserGit::has_all_as_committed(const Changes& changes) const {
  const auto& head = git().head_tree();
  const auto text_in = [](const SimulatedGit::Tree& tree, const std::string& path) {
    const auto found = tree.find(path);
    return found == tree.end() ? std::nullopt : std::optional(found->second);
  };
  return git().unmerged().empty() && std::all_of(changes.begin(), changes.end(), [&](const auto& change) {
           const auto committed = text_in(head, change.first);
           return git().on_disk(change.first) == committed && text_in(git().index(), change.first) == committed;
         });
}

bool UserGit::merge(const Theirs& from, Chance& dice) {
  const auto base = git().common_of(git().head(), from.commit);
  const bool forward = base == git().head();
  const auto marker = stage_.canary == Canary::markers_unseen ? marker_length + 2 : marker_length;
  auto made = merge_trees(git().tree_of(base), git().head_tree(), git().tree_of(from.commit), from.name, marker);
  if (!has_all_as_committed(made.files) || (!forward && git().index() != git().head_tree())) return false;
  // What is in the index and not in HEAD stays there.
  auto index = git().index();
  for (const auto& [path, text] : made.files) index.erase(path);
  for (const auto& path : made.unmerged) index.erase(path);
  for (const auto& [path, text] : made.index) index.insert_or_assign(path, text);
  Steps steps;
  if (!forward) {
    lock(steps, dice);
    write_index(steps, git().index(), dice);
    lock(steps, dice);
    steps.push_back({dice.time(0, step_max), [this] { git().unlock(); }});
  }
  lock(steps, dice);
  write_all(steps, made.files, dice);
  const bool conflict = !made.unmerged.empty();
  steps.push_back(
      {dice.time(0, step_max), [this, index, unmerged = made.unmerged] { git().write_index(index, unmerged); }});
  if (conflict) {
    stage_.sights.insert(Sight::conflict_in_git);
    merged_ = from.commit;
    begin(steps, GitOperation::merge, dice);
    const auto open = dice.percent(50) ? dice.time(500, 10'000) : dice.time(10'000, open_max);
    steps.push_back({milliseconds(0), [this, open, value = dice.bits()] {
                       stage_.executor.after(open, [this, value] {
                         Chance then(value);
                         if (!works_ && user_.reachable() && !user_.is_at_work()) end_merge(then);
                       });
                     }});
  } else if (forward) {
    steps.push_back({dice.time(0, ref_max), [this, commit = from.commit] { git().move_branch(commit); }});
  } else {
    stage_.sights.insert(Sight::merged_by_git);
    lock(steps, dice);
    steps.push_back({dice.time(0, step_max), [this] { git().unlock(); }});
    begin(steps, GitOperation::merge, dice);
    steps.push_back({dice.time(0, ref_max), [this, index, commit = from.commit] {
                       git().move_branch(git().make_commit(index, {git().head(), commit}));
                     }});
    end(steps, GitOperation::merge, dice);
  }
  run("merge " + from.name + (conflict ? ", with conflicts" : forward ? ", forward" : ""), std::move(steps));
  return true;
}

bool UserGit::end_merge(Chance& dice) {
  if (!git().is_merging()) return false;
  user_.touch_clock();
  if (dice.percent(40)) return commit_merge(dice);
  return reset(dice, false);
}

/// The person decides, file by file, adds what came of it, and commits.
bool UserGit::commit_merge(Chance& dice) {
  auto waiting = git().unmerged();
  for (const auto& [path, truth] : bridge_.disk.files()) {
    if (truth.has_markers) waiting.insert(path);
  }
  constexpr std::int64_t thought_max = 2'000;
  Steps steps;
  for (const auto& path : waiting) {
    steps.push_back({dice.time(50, thought_max), [this, path, value = dice.bits()] { resolve(path, value); }});
    lock(steps, dice);
    steps.push_back({dice.time(0, step_max), [this, path] {
                       auto index = git().index();
                       auto unmerged = git().unmerged();
                       unmerged.erase(path);
                       if (const auto text = git().on_disk(path))
                         index.insert_or_assign(path, *text);
                       else
                         index.erase(path);
                       git().write_index(std::move(index), std::move(unmerged));
                     }});
  }
  lock(steps, dice);
  steps.push_back({dice.time(0, step_max), [this] { git().write_index(git().index()); }});
  steps.push_back({dice.time(0, ref_max), [this] {
                     git().move_branch(git().make_commit(git().index(), {git().head(), merged_}));
                   }});
  end(steps, GitOperation::merge, dice);
  run("commit of what was merged", std::move(steps));
  return true;
}

/// One side or the other as it is, or both and a word about it.
void UserGit::resolve(const std::string& path, std::uint64_t value) {
  Chance dice(value);
  const auto there = git().on_disk(path);
  if (!there || !has_conflict_markers(there->bytes())) return;
  const auto way = dice.percent(50) ? Resolution::both : dice.percent(50) ? Resolution::ours : Resolution::theirs;
  auto text = resolved(there->bytes(), way);
  user_.make_at(path, way == Resolution::both ? user_.edited(text, dice) : text);
}

/// `git merge --abort`: what the merge had written is as before, what else was edited stays.
bool UserGit::abort_merge(Chance& dice) {
  const auto& head = git().head_tree();
  const auto& index = git().index();
  Changes changes;
  for (const auto& path : git().unmerged()) changes.emplace(path, std::nullopt);
  for (const auto& [path, text] : index) {
    const auto before = head.find(path);
    if (before != head.end() && before->second == text) continue;
    if (git().on_disk(path) != text) return false;  // edited since: git gives up nothing then
    changes.emplace(path, std::nullopt);
  }
  for (const auto& [path, text] : head) {
    if (!index.contains(path)) changes.emplace(path, std::nullopt);
  }
  for (auto& [path, text] : changes) {
    if (const auto before = head.find(path); before != head.end()) text = before->second;
  }
  auto tree = index;
  for (const auto& [path, text] : changes) {
    if (text)
      tree.insert_or_assign(path, *text);
    else
      tree.erase(path);
  }
  std::erase_if(changes, [&](const auto& change) { return git().on_disk(change.first) == change.second; });
  stage_.sights.insert(Sight::merge_given_up);
  Steps steps;
  lock(steps, dice);
  write_all(steps, changes, dice);
  write_index(steps, std::move(tree), dice);
  end(steps, GitOperation::merge, dice);
  run("merge --abort", std::move(steps));
  return true;
}

void UserGit::finish() {
  finishes_ = true;
  if (!bridge_.git || (!works_ && !git().is_merging())) return;
  constexpr milliseconds pause{300};
  if (!works_ && user_.reachable() && !user_.is_at_work()) {
    Chance dice(stage_.schedule.seed + ++merges_);
    end_merge(dice);
  }
  stage_.executor.after(pause, [this] { finish(); });
}

}  // namespace leanspec::simulation
