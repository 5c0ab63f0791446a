// Beside git: laws 22, 24 and 25, with a git that is only told about (real ones: bridge/git, tests/e2e).
#include <gtest/gtest.h>

#include "tests/fakes/git_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::GitBench;
using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

const DocumentId theirs{ReplicaBench::id(77)};
const std::string markers = "# Spec\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> other\n";

// Law 22
TEST(replica_git, while_git_holds_its_lock_nothing_is_taken_and_afterwards_all_of_it_at_once) {
  GitBench bench;
  bench.locks();
  bench.save("a.md", "half\n");
  bench.save("b.md", "of a change\n");
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.hub.pushes.empty());
  EXPECT_EQ(bench.status().state, ReplicaStateName::git);
  EXPECT_EQ(bench.status().detail, "git is at work; changes are seen and wait");
  EXPECT_FALSE(bench.replica->quiet());
  bench.unlocks();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

TEST(replica_git, a_look_during_which_git_did_something_counts_for_nothing) {
  GitBench bench;
  bench.two_versions();
  bench.after_scan = [&] {
    // The look saw what git put there for a moment: the end of its work is not visible in it.
    bench.after_scan = nullptr;
    bench.disk.replace("a.md", "one and two\n");
    bench.writes_index();
  };
  bench.puts("a.md", "of another branch\n");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_git, what_stands_there_for_less_than_250_ms_after_the_index_changed_is_not_looked_at) {
  GitBench bench;
  bench.two_versions();
  bench.puts("a.md", "of another branch\n");  // [M] the index is released before HEAD moves
  bench.pass(milliseconds{200});
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
  bench.git.head = "ref: refs/heads/other";
  bench.git.branch = "other";
  bench.pass(seconds{20});
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
}

TEST(replica_git, on_another_branch_nothing_is_sent_or_written_and_back_on_it_all_goes_on) {
  GitBench bench(SyncMode::two_way);
  bench.elsewhere(theirs, "b.md", "theirs\n");
  bench.two_versions();
  bench.git.head = "ref: refs/heads/other";
  bench.git.branch = "other";
  bench.puts("a.md", "of the other branch\n");
  bench.elsewhere(theirs, "b.md", "theirs, newer\n");
  bench.pass(seconds{60});
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
  EXPECT_EQ(bench.on_disk("b.md"), "theirs\n");
  EXPECT_EQ(bench.status().state, ReplicaStateName::git);
  EXPECT_NE(bench.status().remedy.find("git switch main"), std::string::npos) << bench.status().remedy;
  bench.start();  // the branch is remembered
  bench.connect();
  bench.pass(seconds{5});
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
  bench.git.head = "ref: refs/heads/main";
  bench.git.branch = "main";
  bench.puts("a.md", "one and two\n");
  bench.pass(seconds{5});
  EXPECT_EQ(bench.on_disk("b.md"), "theirs, newer\n");
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
}

TEST(replica_git, a_person_may_have_another_branch_synced_in_its_place) {
  GitBench bench;
  bench.git.head = "ref: refs/heads/trunk";
  bench.git.branch = "trunk";
  bench.save("a.md", "text\n");
  bench.pass(seconds{5});
  EXPECT_EQ(bench.hub.live(), 0U);
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

TEST(replica_git, pending_work_is_sent_also_when_another_branch_is_checked_out) {  // law 24
  GitBench bench;
  bench.cut();
  bench.save("a.md", "made offline\n");
  bench.pass(ReplicaBench::a_while);
  bench.git.head = "ref: refs/heads/other";
  bench.git.branch = "other";
  bench.puts("a.md", std::nullopt);
  bench.pass(ReplicaBench::a_while);
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.text_at("a.md"), "made offline\n");
}

// Law 25
TEST(replica_git, a_lock_that_nobody_holds_is_ignored_with_a_warning_after_ten_seconds) {
  GitBench bench;
  bench.locks();
  bench.save("a.md", "text\n");
  bench.pass(seconds{9});
  EXPECT_TRUE(bench.hub.pushes.empty());
  bench.git.git_runs = true;
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.hub.pushes.empty()) << "git still has it";
  bench.git.git_runs = false;
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees());
  ASSERT_EQ(bench.status().warnings.size(), 1U);
  EXPECT_NE(bench.status().warnings[0].find("index.lock"), std::string::npos);
}

TEST(replica_git, what_a_git_that_died_left_half_done_waits_until_git_has_written_its_index) {
  GitBench bench;
  for (const char* path : {"a.md", "b.md", "c.md"}) bench.two_versions(path);
  const auto sent = bench.hub.pushes.size();
  bench.locks();
  bench.save("a.md", "one\n");
  bench.remove("b.md");
  bench.save("c.md", "one, two, and three by a person\n");
  bench.pass(seconds{60});
  EXPECT_EQ(bench.hub.text_at("c.md"), "one, two, and three by a person\n") << "a lock that is left stops nobody";
  EXPECT_EQ(bench.hub.pushes.size(), sent + 1);
  EXPECT_EQ(bench.why("a.md").state, FileState::held);
  EXPECT_NE(bench.why("b.md").sentence.find("git ended in the middle"), std::string::npos);
  bench.unlocks();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.pushes.size(), sent + 1);
  bench.puts("a.md", "one and two\n");
  bench.puts("b.md", "one and two\n");
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.pushes.size(), sent + 1);
  EXPECT_EQ(bench.status().held_count, 0U);
  bench.locks();
  bench.pass(seconds{60});
  bench.save("a.md", "one\n");
  bench.remove("b.md");
  bench.pass(seconds{20});
  EXPECT_TRUE(bench.agrees()) << "long after that it was a person";
}

TEST(replica_git, in_a_merge_that_stays_open_only_unmerged_paths_and_what_git_wrote_are_held) {
  GitBench bench;
  for (const char* path : {"mine.md", "merged.md", "unmerged.md"}) bench.two_versions(path);
  bench.git.operations[GitOperation::merge] = bench.wall_ns();
  bench.puts("merged.md", "merged by git\n");
  bench.puts("unmerged.md", markers);
  bench.git_states = {
      {"merged.md", GitFileState::staged}, {"unmerged.md", GitFileState::unmerged}, {"mine.md", GitFileState::changed}};
  bench.pass(seconds{29});
  bench.save("mine.md", "edited in the meantime\n");
  const auto sent = bench.hub.pushes.size();
  EXPECT_EQ(bench.versions_of("mine.md"), 2U) << "first everything waits";
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("mine.md"), "edited in the meantime\n");
  EXPECT_EQ(bench.hub.pushes.size(), sent + 1);
  EXPECT_EQ(bench.status().held_count, 2U);
  EXPECT_EQ(bench.why("merged.md").state, FileState::held);
  EXPECT_EQ(bench.why("unmerged.md").sentence, "it has conflict markers");
  bench.save("unmerged.md", "a person decided\n");
  bench.git_states.clear();
  bench.git.operations.clear();
  bench.writes_index();
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().held_count, 0U);
}

TEST(replica_git, no_branch_at_all_syncs_nothing_and_says_so) {
  GitBench bench;
  bench.git.head = bench.git.commit;
  bench.git.branch.clear();
  bench.save("a.md", "text\n");
  bench.pass(seconds{60});
  EXPECT_TRUE(bench.hub.pushes.empty());
  EXPECT_EQ(bench.status().state, ReplicaStateName::git);
  EXPECT_NE(bench.status().detail.find("detached HEAD"), std::string::npos);
  EXPECT_LT(bench.wake_ups, 100U);
}

// New marker lines and unmerged paths (law 22)
TEST(replica_git, new_conflict_markers_are_held_until_they_are_gone_or_accepted) {
  GitBench bench;
  bench.two_versions();
  bench.puts("a.md", markers);
  bench.pass(seconds{5});
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
  EXPECT_EQ(bench.why("a.md").sentence, "it has conflict markers");
  bench.save("a.md", "# Spec\nours\n>>>>>>> other\n");
  bench.pass(seconds{5});
  EXPECT_EQ(bench.versions_of("a.md"), 2U) << "not all of it is resolved";
  bench.save("a.md", "# Spec\nours\n");
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().held_count, 0U);
  bench.save("b.md", "About git:\n\n" + markers);
  bench.pass(seconds{5});
  EXPECT_EQ(bench.status().held_count, 1U);
  ASSERT_TRUE(bench.replica->accept("b.md", bench.now()));
  bench.carry_out();
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees());
  bench.save("b.md", "About git, better said:\n\n" + markers);
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees()) << "those are not new";
  EXPECT_FALSE(bench.replica->accept("b.md", bench.now()));
}

TEST(replica_git, conflict_markers_are_held_wherever_their_file_is_moved) {
  GitBench bench;
  bench.two_versions("plans/a.md");
  bench.two_versions("plans/b.md");
  bench.puts("plans/a.md", markers);
  bench.pass(seconds{5});
  bench.rename("plans/a.md", "plans/c.md");
  bench.hint({HintKind::overflow, {}, std::nullopt, false});
  bench.pass(seconds{30});
  bench.hint({HintKind::overflow, {}, std::nullopt, false});
  bench.pass(seconds{30});
  for (const auto& push : bench.hub.pushes) EXPECT_NE(push.path, "plans/c.md") << "nobody has decided yet";
  bench.save("plans/c.md", "decided\n");
  bench.pass(seconds{5});
  EXPECT_EQ(bench.hub.text_at("plans/c.md"), "decided\n");
}

TEST(replica_git, while_git_is_at_work_a_refused_file_whose_time_has_come_wakes_nobody) {
  GitBench bench;
  bench.hub.reject = "the project is full";
  bench.save("a.md", "text\n");
  bench.pass(seconds{5});
  bench.git.operations[GitOperation::rebase] = bench.wall_ns();
  bench.wake_ups = 0;
  bench.pass(seconds{60});
  EXPECT_LT(bench.wake_ups, 200U);
  EXPECT_EQ(bench.hub.pushes.size(), 1U);
  bench.hub.reject.reset();
  bench.git.operations.clear();
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees());
}

}  // namespace
}  // namespace leanspec::bridge::engine
