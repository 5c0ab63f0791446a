#include "bridge/engine/git_fingerprint.h"

#include <algorithm>
#include <utility>

namespace leanspec::bridge::engine {

namespace {

struct Words {
  const char* what;    ///< "a merge is open"
  const char* remedy;  ///< how it ends
};

Words words_for(GitOperation operation) {
  switch (operation) {
    case GitOperation::merge:
    case GitOperation::autostash:
      return {"a merge is open", "commit it, or give it up with `git merge --abort`"};
    case GitOperation::cherry_pick:
      return {"a cherry-pick is open", "`git cherry-pick --continue` or `git cherry-pick --abort`"};
    case GitOperation::revert:
      return {"a revert is open", "`git revert --continue` or `git revert --abort`"};
    case GitOperation::sequence:
      return {"several commits are being picked or reverted", "`git cherry-pick --continue` or `--abort`"};
    case GitOperation::mail:
      return {"patches are being applied", "`git am --continue` or `git am --abort`"};
    case GitOperation::rebase:
      return {"a rebase is under way", "`git rebase --continue` or `git rebase --abort`"};
    case GitOperation::bisect:
      return {"a bisection is under way", "`git bisect reset`"};
  }
  return {"git is at work", "let it finish"};
}

/// These leave HEAD on its branch and the tree as it was, but for what they could not join.
bool is_like_a_merge(GitOperation operation) {
  return operation != GitOperation::rebase && operation != GitOperation::bisect;
}

/// Younger than `age`. What lies far in the future says that the clock was set back, and nothing about its age.
bool is_young(std::int64_t modified_ns, std::chrono::nanoseconds age, Instant now) {
  const auto passed = since(modified_ns, now);
  return passed < age && passed > -age;
}

GitJudgement busy(std::string why, std::string remedy) {
  return {GitMood::busy, std::move(why), std::move(remedy), {}};
}

}  // namespace

GitJudgement judge_git(const GitFingerprint& git, const std::optional<std::string>& home, bool any_commit,
                       Instant now) {
  if (!git.work_tree) return {};
  if (!git.problem.empty())
    return {
        GitMood::unknown, "what git does here cannot be seen: " + git.problem, "let this user read git's folder", {}};
  GitJudgement judgement;
  for (const auto& [lock, name] : {std::pair(&git.index_lock, "index.lock"), {&git.head_lock, "HEAD.lock"}}) {
    if (!*lock) continue;
    if (git.git_runs || is_young((*lock)->modified_ns, git_lock_patience, now))
      return busy("git is at work", "it goes on by itself");
    judgement.warning = std::string("git's ") + name +
                        " is left over: no git process holds it, so it is ignored here; git itself refuses to work "
                        "until you remove it";
  }
  bool merging = false;
  for (const auto& [operation, at] : git.operations) {
    const auto words = words_for(operation);
    if (!is_like_a_merge(operation)) return busy(words.what, words.remedy);
    merging = true;
    judgement.why = words.what;
    judgement.remedy = words.remedy;
  }
  if (merging && std::any_of(git.operations.begin(), git.operations.end(), [&](const auto& operation) {
        return is_young(operation.second, git_merge_patience, now);
      }))
    return busy(judgement.why, judgement.remedy);
  if (git.branch.empty() && !any_commit) {
    judgement.mood = GitMood::detached;
    judgement.why = "no branch is checked out in git (a detached HEAD); nothing is synced meanwhile";
    judgement.remedy = home ? "run `git switch " + *home + "`, or set `branch = NAME` for this folder"
                            : "run `git switch BRANCH`, or set `branch = NAME` for this folder";
    return judgement;
  }
  if (!git.branch.empty() && home && git.branch != *home) {
    judgement.mood = GitMood::elsewhere;
    judgement.why = "the branch `" + git.branch + "` is checked out in git, and this folder syncs `" + *home +
                    "`; nothing is synced meanwhile";
    judgement.remedy = "run `git switch " + *home + "` to go on, or `leanspec-bridge approve` to sync `" + git.branch +
                       "` in its place";
    return judgement;
  }
  // Where times are whole seconds, an index written twice within one looks as if it were written once.
  constexpr std::int64_t second_ns = 1'000'000'000;
  const bool coarse = git.index && git.index->modified_ns % second_ns == 0;
  const auto quiet_after = git_index_quiet + std::chrono::seconds(coarse ? 1 : 0);
  if (git.index && is_young(git.index->modified_ns, quiet_after, now)) {
    judgement.mood = GitMood::settling;
    return judgement;
  }
  judgement.mood = merging ? GitMood::merging : GitMood::quiet;
  return judgement;
}

}  // namespace leanspec::bridge::engine
