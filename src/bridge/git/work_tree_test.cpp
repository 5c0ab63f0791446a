#include "bridge/git/work_tree.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "bridge/git/ask_git.h"
#include "host/child_process.h"
#include "host/clock.h"

namespace leanspec::bridge::git {
namespace {

namespace fs = std::filesystem;
using engine::GitFileState;
using engine::GitMood;
using engine::GitOperation;

/// A repository made by the real git, with a specs folder in it.
class Repository : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/leanspec-git-XXXXXX";
    folder_ = fs::canonical(::mkdtemp(name));
    fs::create_directories(specs());
    git("init -q -b main");
    write("001-a/README.md", "one\n");
    write("002-b/README.md", "two\n");
    commit("first");
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path specs() const { return folder_ / "specs"; }
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((specs() / path).parent_path());
    std::ofstream(specs() / path, std::ios::trunc) << text;
  }
  std::string git(const std::string& command, const fs::path& where = {}) const {
    host::ChildProcess child;
    child.words = {"/bin/sh", "-c",
                   "git -c user.name=Ada -c user.email=ada@example.com -c commit.gpgsign=false " + command};
    child.folder = (where.empty() ? folder_ : where).string();
    child.inherited = {"PATH"};
    child.environment = {{"HOME", folder_.string()}, {"GIT_CONFIG_NOSYSTEM", "1"}};
    const auto ended = host::run_child(child);
    return ended ? ended->output : ended.error().sentence();
  }
  void commit(const std::string& message) const {
    git("add -A && git -c user.name=Ada -c user.email=ada@example.com commit -qm '" + message + "'");
  }

  [[nodiscard]] engine::GitFingerprint seen(const fs::path& folder = {}) const {
    return WorkTree((folder.empty() ? specs() : folder).string()).read(host::system_clock().now());
  }
  [[nodiscard]] static GitMood mood(const engine::GitFingerprint& git,
                                    std::chrono::seconds later = std::chrono::seconds(1)) {
    return engine::judge_git(git, "main", false, host::system_clock().now() + later).mood;
  }
  [[nodiscard]] std::map<std::string, GitFileState> ask(std::vector<std::string> paths) const {
    WorkTree tree(specs().string());
    (void)tree.read(host::system_clock().now());
    const auto answer = ask_git({7, std::move(paths), {}}, tree.top(), tree.prefix());
    EXPECT_EQ(answer.problem, "");
    EXPECT_EQ(answer.id, 7U);
    return answer.states;
  }

  fs::path folder_;
};

TEST_F(Repository, is_found_from_the_specs_folder_upward_and_a_folder_without_git_has_none) {
  const auto git = seen();
  EXPECT_TRUE(git.work_tree);
  EXPECT_EQ(git.problem, "");
  EXPECT_EQ(git.branch, "main");
  EXPECT_EQ(git.commit.size(), 40U);
  EXPECT_EQ(mood(git), GitMood::quiet);
  fs::rename(folder_ / ".git", folder_ / "not-git");
  EXPECT_FALSE(seen().work_tree);
  EXPECT_EQ(mood(seen()), GitMood::absent);
}

TEST_F(Repository, what_git_does_changes_the_fingerprint_and_what_people_do_does_not) {
  auto before = seen();
  write("001-a/README.md", "edited\n");
  EXPECT_EQ(seen(), before);
  (void)ask({"001-a/README.md"});
  EXPECT_EQ(seen(), before) << "asking git leaves no trace";
  for (const char* command : {"stash -q", "stash pop -q", "add specs", "commit -qm second", "reset -q --hard HEAD~1",
                              "switch -q -c other", "switch -q --detach", "switch -q main"}) {
    git(command);
    const auto after = seen();
    EXPECT_NE(after, before) << command;
    before = after;
  }
  git("pack-refs --all");
  EXPECT_NE(seen().commit, "");
}

TEST_F(Repository, a_linked_work_tree_and_a_submodule_have_folders_of_their_own) {
  git("worktree add -q -b side ../" + folder_.filename().string() + "-side");
  const fs::path side = folder_.string() + "-side";
  const auto git_there = seen(side / "specs");
  EXPECT_EQ(git_there.branch, "side");
  EXPECT_EQ(git_there.commit, seen().commit);
  EXPECT_TRUE(git_there.index);
  const auto before = seen();
  git("commit -q --allow-empty -m there", side);
  EXPECT_NE(seen(side / "specs").commit, git_there.commit);
  EXPECT_EQ(seen(), before) << "and this one did not notice";
  git("-c protocol.file.allow=always submodule --quiet add " + side.string() + " sub");
  EXPECT_EQ(seen(folder_ / "sub/specs").branch, "side");
  fs::remove_all(side);
}

TEST_F(Repository, merge_rebase_pick_revert_and_bisect_are_seen_while_they_are_open) {
  git("switch -q -c other");
  write("001-a/README.md", "theirs\n");
  commit("theirs");
  git("switch -q main");
  write("001-a/README.md", "ours\n");
  commit("ours");
  struct Case {
    const char* begin;
    const char* end;
    GitOperation operation;
    GitMood later;
  };
  for (const auto& [begin, end, operation, later] :
       {Case{"merge other", "merge --abort", GitOperation::merge, GitMood::merging},
        Case{"cherry-pick other", "cherry-pick --abort", GitOperation::cherry_pick, GitMood::merging},
        Case{"rebase other", "rebase --abort", GitOperation::rebase, GitMood::busy},
        Case{"rebase --apply other", "rebase --abort", GitOperation::rebase, GitMood::busy},
        Case{"revert HEAD~1", "revert --abort", GitOperation::revert, GitMood::merging},
        Case{"bisect start HEAD HEAD~1", "bisect reset", GitOperation::bisect, GitMood::busy}}) {
    git(begin);
    const auto git_now = seen();
    EXPECT_TRUE(git_now.operations.contains(operation)) << begin;
    EXPECT_EQ(mood(git_now), GitMood::busy) << begin;
    EXPECT_EQ(mood(git_now, std::chrono::seconds(31)), later) << begin;
    git(end);
    EXPECT_TRUE(seen().operations.empty()) << end;
    EXPECT_EQ(mood(seen()), GitMood::quiet) << end;
  }
}

TEST_F(Repository, another_branch_and_no_branch_at_all_hold_everything) {
  git("switch -q -c other");
  EXPECT_EQ(mood(seen()), GitMood::elsewhere);
  git("switch -q --detach");
  EXPECT_EQ(mood(seen()), GitMood::detached);
  EXPECT_EQ(engine::judge_git(seen(), "main", true, host::system_clock().now() + std::chrono::seconds(1)).mood,
            GitMood::quiet)
      << "the settings name a branch";
}

TEST_F(Repository, a_fresh_index_has_to_settle_and_a_lock_holds_until_it_is_old) {
  const auto git_now = seen();
  EXPECT_EQ(mood(git_now, std::chrono::seconds(-1)), GitMood::quiet) << "a clock that was set back holds nothing up";
  const Instant changed{
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::nanoseconds(git_now.index->modified_ns))};
  EXPECT_EQ(engine::judge_git(git_now, "main", false, changed + std::chrono::milliseconds(249)).mood,
            GitMood::settling);
  EXPECT_EQ(engine::judge_git(git_now, "main", false, changed + std::chrono::milliseconds(251)).mood, GitMood::quiet);
  std::ofstream(folder_ / ".git/index.lock") << "";
  EXPECT_EQ(mood(seen(), std::chrono::seconds(9)), GitMood::busy);
  const auto left = engine::judge_git(seen(), "main", false, host::system_clock().now() + std::chrono::seconds(11));
  EXPECT_EQ(left.mood, GitMood::quiet);
  EXPECT_NE(left.warning, "");
}

TEST_F(Repository, a_git_process_that_holds_an_old_lock_is_waited_for) {
  EXPECT_FALSE(git_process_works_in(folder_.string(), (folder_ / ".git").string()));
  fs::copy_file("/bin/sleep", folder_ / "git-sleep");
  host::ChildProcess child;
  child.words = {"/bin/sh", "-c", "./git-sleep 1000 >/dev/null 2>&1 & echo $!"};
  child.folder = folder_.string();
  child.inherited = {"PATH"};
  const auto started = host::run_child(child);
  ASSERT_TRUE(started);
  const auto name_is_set = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!git_process_works_in(folder_.string(), (folder_ / ".git").string()) &&
         std::chrono::steady_clock::now() < name_is_set) {
  }
  std::ofstream(folder_ / ".git/index.lock") << "";
  const auto later = host::system_clock().now() + std::chrono::seconds(60);
  const auto git_now = WorkTree(specs().string()).read(later);
  EXPECT_TRUE(git_now.git_runs);
  EXPECT_EQ(engine::judge_git(git_now, "main", false, later).mood, GitMood::busy);
  EXPECT_EQ(::kill(std::stoi(started->output), SIGKILL), 0);
}

TEST_F(Repository, git_says_what_is_clean_changed_deleted_untracked_ignored_and_unmerged) {
  write("003-c/README.md", "three\n");
  write("004-d/README.md", "four\n");
  write("005-e/notes.tmp", "five\n");
  write("[odd] *name.md", "odd\n");
  std::ofstream(folder_ / ".gitignore") << "*.tmp\n";
  commit("more");
  git("switch -q -c other");
  write("003-c/README.md", "theirs\n");
  commit("theirs");
  git("switch -q main");
  write("003-c/README.md", "ours\n");
  commit("ours");
  git("merge other");
  write("002-b/README.md", "changed\n");
  git("rm -q specs/004-d/README.md");
  fs::remove(specs() / "[odd] *name.md");
  write("006-f/README.md", "new\n");
  write("007-g/README.md", "new and added\n");
  git("add specs/007-g");
  const std::map<std::string, GitFileState> expected{
      {"002-b/README.md", GitFileState::changed},   {"003-c/README.md", GitFileState::unmerged},
      {"004-d/README.md", GitFileState::staged},    {"005-e/notes.tmp", GitFileState::ignored},
      {"006-f/README.md", GitFileState::untracked}, {"007-g/README.md", GitFileState::staged},
      {"[odd] *name.md", GitFileState::deleted},
  };
  EXPECT_EQ(ask({"001-a/README.md", "002-b/README.md", "003-c/README.md", "004-d/README.md", "005-e/notes.tmp",
                 "006-f/README.md", "007-g/README.md", "[odd] *name.md", "008-never/README.md"}),
            expected);
  EXPECT_EQ(ask(std::vector<std::string>(engine::git_paths_max + 1, "001-a/README.md")), expected) << "all of it";
}

TEST_F(Repository, git_says_whether_HEAD_went_back) {
  const auto first = seen().commit;
  write("001-a/README.md", "second\n");
  commit("second");
  const auto second = seen().commit;
  const auto asked = [&](const std::string& came_from) {
    return ask_git({1, {"001-a/README.md"}, came_from}, folder_.string(), "specs/").went_back;
  };
  EXPECT_FALSE(asked(first));
  EXPECT_FALSE(asked(""));
  EXPECT_FALSE(asked("packed 1 2"));
  git("reset -q --hard HEAD~1");
  EXPECT_TRUE(asked(second));
}

TEST_F(Repository, no_program_that_the_repository_names_is_run) {
  git("config core.fsmonitor 'touch " + (folder_ / "ran").string() + "; false'");
  git("config core.pager 'touch " + (folder_ / "ran").string() + "'");
  fs::create_directories(folder_ / "hooks");
  std::ofstream(folder_ / "hooks/post-index-change") << "#!/bin/sh\ntouch " << (folder_ / "ran").string() << "\n";
  fs::permissions(folder_ / "hooks/post-index-change", fs::perms(0755));
  git("-c core.fsmonitor=false config core.hooksPath " + (folder_ / "hooks").string());
  fs::remove(folder_ / "ran");
  (void)ask({"001-a/README.md"});
  EXPECT_FALSE(fs::exists(folder_ / "ran"));
}

TEST_F(Repository, no_git_program_and_no_answer_are_problems_in_words) {
  const auto without = ask_git({1, {"a"}, {}}, folder_.string(), "specs/", -1, "leanspec-no-such-git");
  EXPECT_EQ(without.problem, "there is no git program on this machine");
  fs::remove_all(folder_ / ".git/objects");
  const auto broken = ask_git({2, {"a"}, {}}, folder_.string(), "specs/");
  EXPECT_TRUE(broken.problem.starts_with("git could not say: ")) << broken.problem;
}

TEST(GitStatesIn, what_is_cut_off_or_unknown_is_left_out) {
  EXPECT_TRUE(states_in("", "specs/").empty());
  EXPECT_TRUE(states_in("# branch.oid 12\0x future\0"
                        "1 .M",
                        "specs/")
                  .empty());
  const std::string_view renamed("2 R. N... 100644 100644 100644 aa bb R100 specs/new.md\0specs/old.md\0? other/x\0",
                                 78);
  const std::map<std::string, GitFileState> expected{{"new.md", GitFileState::staged},
                                                     {"old.md", GitFileState::staged}};
  EXPECT_EQ(states_in(renamed, "specs/"), expected);
  const std::string_view ignored("! specs/\0", 9);
  EXPECT_EQ(states_in(ignored, "specs/a/").at(""), GitFileState::ignored);
}

}  // namespace
}  // namespace leanspec::bridge::git
