// A synced folder in a git work tree, with the real git at work in it: what git does is no edit.
#include <filesystem>
#include <functional>

#include "tests/e2e/git_tree.h"
#include "tests/e2e/two_machines.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;

/// The first machine has the folder in a clone and works with git; the second one only watches.
class BesideGit : public TwoMachines {
 protected:
  GitTree work_tree{scratch};

  std::string git(const std::string& command, const fs::path& where = {}) const {
    return work_tree.git(command, where);
  }
  void commit(const std::string& message, const fs::path& where = {}) const { work_tree.commit(message, where); }

  /// a is committed, edited and synced; b is committed and as it was; c is the other machine's, and git knows nothing
  /// of it.
  void begin(const std::string& mode) {
    work_tree.begin();
    save("001-a/README.md", first);
    save("002-b/README.md", spec_text("Two"));
    work_tree.commit_and_push_first();
    ASSERT_NO_FATAL_FAILURE(start_both("two-way", mode));
    ASSERT_TRUE(arrives("001-a/README.md") && arrives("002-b/README.md"));
    save("001-a/README.md", edited);
    ASSERT_TRUE(arrives("001-a/README.md"));
    ASSERT_TRUE(wait_until([&] { return fs::exists(there / "001-a/README.md"); }));
    save_in_place(there / "003-c/README.md", spec_text("Theirs"));
    ASSERT_TRUE(wait_until([&] { return hub.specs(project) == 3; }));
    if (mode == "two-way") ASSERT_TRUE(wait_until([&] { return fs::exists(specs / "003-c/README.md"); }));
    ASSERT_TRUE(wait_until([&] { return files_in(there) == expected; }));
  }

  /// Neither the hub nor the other machine had anything but what people wrote, nor has now.
  void nothing_happened() const {
    EXPECT_TRUE(holds_for(std::chrono::milliseconds(4'000), [&] { return files_in(there) == expected; }));
    EXPECT_EQ(hub.specs(project), 3U);
    EXPECT_EQ(texts("001-a/README.md"), (std::vector<std::string>{first, edited}));
    EXPECT_EQ(texts("002-b/README.md"), std::vector<std::string>{spec_text("Two")});
    EXPECT_EQ(texts("003-c/README.md"), std::vector<std::string>{spec_text("Theirs")});
    EXPECT_TRUE(hub.held(project).empty());
  }
  [[nodiscard]] std::vector<std::string> every_text() const {
    std::vector<std::string> all;
    for (const auto& [path, text] : expected) {
      for (const auto& one : texts(path)) all.push_back(one);
    }
    return all;
  }

  const std::string first = spec_text("One", "- think\n- write\n- test\n");
  const std::string edited = spec_text("One", "- think twice\n- write\n- test\n");
  const std::map<std::string, std::string> expected{
      {"001-a/README.md", edited}, {"002-b/README.md", spec_text("Two")}, {"003-c/README.md", spec_text("Theirs")}};
};

TEST_F(BesideGit, stash_and_pop_are_no_edits) {
  ASSERT_NO_FATAL_FAILURE(begin("push"));
  git("stash -q");
  ASSERT_EQ(on_disk("001-a/README.md"), first);
  ASSERT_TRUE(says("git put back")) << shown();
  nothing_happened();
  git("stash pop -q");
  ASSERT_EQ(on_disk("001-a/README.md"), edited);
  ASSERT_TRUE(wait_until([&] { return shown().find("git put back") == std::string::npos; })) << shown();
  nothing_happened();
  save("001-a/README.md", spec_text("One", "- think twice\n- write\n- test it\n"));
  EXPECT_TRUE(arrives("001-a/README.md")) << "and what people write is an edit as before";
}

TEST_F(BesideGit, stash_with_untracked_files_takes_them_away_for_nobody_else) {
  ASSERT_NO_FATAL_FAILURE(begin("two-way"));
  git("stash -q --include-untracked");
  ASSERT_FALSE(fs::exists(specs / "003-c/README.md"));
  git("stash pop -q");
  nothing_happened();
  EXPECT_TRUE(wait_until([&] { return files_in(specs) == expected; })) << shown();
}

TEST_F(BesideGit, reset_and_checkout_revert_for_nobody_and_the_newest_text_comes_back_in_two_way_mode) {
  ASSERT_NO_FATAL_FAILURE(begin("two-way"));
  for (const char* command : {"reset -q --hard", "checkout -q .", "restore ."}) {
    git(command);
    EXPECT_EQ(on_disk("001-a/README.md"), first) << command;
    EXPECT_TRUE(wait_until([&] { return files_in(specs) == expected; })) << command << "\n" << shown();
    nothing_happened();
  }
  const Finished accepted = [&] {
    git("checkout -q .");
    (void)says("git put back");
    return bridge.command({"accept", (specs / "001-a/README.md").string()});
  }();
  ASSERT_EQ(accepted.code, 0) << accepted.errors;
  EXPECT_TRUE(wait_until([&] { return hub.hash(project, "001-a/README.md") == sha256_hex(first); }))
      << "unless a person says that it is to stand";
}

TEST_F(BesideGit, going_back_to_an_earlier_commit_reverts_and_deletes_for_nobody) {
  ASSERT_NO_FATAL_FAILURE(begin("two-way"));
  commit("edited, and what came");
  git("reset -q --hard HEAD~1");
  ASSERT_FALSE(fs::exists(specs / "003-c"));
  nothing_happened();
  EXPECT_TRUE(wait_until([&] { return files_in(specs) == expected; })) << shown();
  ASSERT_EQ(bridge.stop(), 0);
  commit("the same again");
  save("001-a/README.md", spec_text("One", "- a text that only git has\n"));
  commit("unseen");
  save("001-a/README.md", edited);
  commit("seen");
  ASSERT_TRUE(bridge.start());
  ASSERT_TRUE(lives());
  git("reset -q --hard HEAD~1");
  nothing_happened();
  EXPECT_TRUE(wait_until([&] { return files_in(specs) == expected; })) << shown();
}

TEST_F(BesideGit, clean_deletes_for_nobody) {
  ASSERT_NO_FATAL_FAILURE(begin("two-way"));
  git("clean -q -fd");
  ASSERT_FALSE(fs::exists(specs / "003-c"));
  nothing_happened();
  EXPECT_TRUE(wait_until([&] { return files_in(specs) == expected; })) << shown();
}

TEST_F(BesideGit, a_merge_with_conflicts_sends_no_marker_and_its_end_is_an_edit) {
  ASSERT_NO_FATAL_FAILURE(begin("push"));
  commit("edited");
  git("switch -q -c other HEAD~1");
  ASSERT_TRUE(says("(other)")) << shown();
  nothing_happened();
  save("001-a/README.md", spec_text("One", "- think thrice\n- write\n- test\n"));
  commit("theirs");
  git("switch -q main");
  git("merge -q other");
  ASSERT_NE(on_disk("001-a/README.md").find("<<<<<<<"), std::string::npos);
  EXPECT_TRUE(says("merge is open")) << shown();
  nothing_happened();
  const auto resolved = spec_text("One", "- think four times\n- write\n- test\n");
  save("001-a/README.md", resolved);
  commit("merged");
  EXPECT_TRUE(arrives("001-a/README.md"));
  EXPECT_EQ(texts("001-a/README.md"), (std::vector<std::string>{first, edited, resolved}));
}

TEST_F(BesideGit, a_stash_that_does_not_fit_leaves_markers_that_nobody_gets) {
  ASSERT_NO_FATAL_FAILURE(begin("push"));
  git("stash -q");
  save("001-a/README.md", spec_text("One", "- think never\n- write\n- test\n"));
  commit("another way");
  git("stash pop -q");
  ASSERT_NE(on_disk("001-a/README.md").find("<<<<<<<"), std::string::npos);
  ASSERT_TRUE(says("conflict markers")) << shown();
  for (const auto& text : every_text()) EXPECT_EQ(text.find("<<<<<<<"), std::string::npos);
}

TEST_F(BesideGit, rebase_and_pull_push_no_revert_and_no_other_state_than_their_last) {
  ASSERT_NO_FATAL_FAILURE(begin("push"));
  const fs::path colleague = scratch / "colleague";
  git("clone -q " + work_tree.origin().string() + " " + colleague.string(), scratch.path());
  save_in_place(colleague / "specs/002-b/README.md", spec_text("Two, by a colleague"));
  commit("theirs", colleague);
  git("push -q", colleague);
  git("pull -q --rebase --autostash");
  ASSERT_EQ(on_disk("001-a/README.md"), edited);
  EXPECT_TRUE(arrives("002-b/README.md"));
  EXPECT_EQ(texts("001-a/README.md"), (std::vector<std::string>{first, edited}));
  EXPECT_EQ(texts("002-b/README.md"), (std::vector<std::string>{spec_text("Two"), spec_text("Two, by a colleague")}));
  commit("edited");
  save_in_place(colleague / "specs/002-b/README.md", spec_text("Two, by a colleague, again"));
  commit("theirs again", colleague);
  git("push -q", colleague);
  git("fetch -q");
  git("rebase -q origin/main");
  EXPECT_TRUE(arrives("002-b/README.md"));
  EXPECT_TRUE(arrives("001-a/README.md"));
  EXPECT_EQ(texts("001-a/README.md"), (std::vector<std::string>{first, edited}));
  EXPECT_EQ(hub.specs(project), 3U);
}

TEST_F(BesideGit, switching_to_and_fro_sends_nothing_of_the_other_branch) {
  ASSERT_NO_FATAL_FAILURE(begin("two-way"));
  commit("edited");
  git("switch -q -c other HEAD~1");
  save("001-a/README.md", spec_text("Only on the other branch"));
  save("004-d/README.md", spec_text("Four, only there"));
  ASSERT_TRUE(says("(other)")) << shown();
  save_in_place(there / "002-b/README.md", spec_text("Two, from the laptop"));
  ASSERT_TRUE(wait_until(
      [&] { return hub.hash(project, "002-b/README.md") == sha256_hex(spec_text("Two, from the laptop")); }));
  commit("there");
  EXPECT_EQ(on_disk("002-b/README.md"), spec_text("Two")) << "what is new on a branch is written on that one only";
  for (int round = 0; round < 10; ++round) {
    git("switch -q main");
    git("switch -q other");
  }
  git("switch -q main");
  EXPECT_TRUE(wait_until([&] { return on_disk("002-b/README.md") == spec_text("Two, from the laptop"); })) << shown();
  EXPECT_EQ(texts("001-a/README.md"), (std::vector<std::string>{first, edited}));
  EXPECT_EQ(hub.specs(project), 3U);
}

}  // namespace
}  // namespace leanspec::e2e
