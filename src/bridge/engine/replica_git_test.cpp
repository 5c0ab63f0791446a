// Beside git: laws 22, 23 and 25, with a git that is only told about (real ones: bridge/git, tests/e2e).
#include <gtest/gtest.h>

#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

const DocumentId theirs{ReplicaBench::id(77)};
const std::string markers = "# Spec\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> other\n";

struct GitBench : ReplicaBench {
  explicit GitBench(SyncMode sync_mode = SyncMode::push) : ReplicaBench(false) {
    mode = sync_mode;
    git.work_tree = true;
    git.head = "ref: refs/heads/main";
    git.branch = "main";
    git.commit = "c1";
    writes_index();
    start();
    connect();
    pass(a_while);
  }

  [[nodiscard]] std::int64_t wall_ns() const { return std::chrono::nanoseconds(now().wall.time_since_epoch()).count(); }
  void writes_index() { git.index = GitFile{++inodes_, wall_ns() + 1'000, 100}; }
  /// A file, as git writes it: before the index.
  void puts(const std::string& path, std::optional<std::string> text) {
    disk.clock_ns = wall_ns() - 1'000'000;
    if (text)
      disk.replace(path, *text);
    else
      disk.files.erase(path);
    writes_index();
    hint({text ? HintKind::closed : HintKind::removed, path, std::nullopt, false});
  }
  void locks() { git.index_lock = GitFile{++inodes_, wall_ns(), 0}; }
  void unlocks() { git.index_lock.reset(); }
  /// Two versions by people, the second one at the hub.
  void two_versions(const std::string& path = "a.md") {
    save(path, "one\n");
    pass(a_while);
    save(path, "one and two\n");
    pass(a_while);
  }
  /// Somebody else's change arrives.
  void elsewhere(const DocumentId& document, const std::string& path, std::optional<std::string> text) {
    hub.change(document, path, std::move(text));
    tell_head();
    pass(a_while);
  }
  [[nodiscard]] std::string on_disk(const std::string& path) {
    return disk.files.contains(path) ? disk.files.at(path).text : "(none)";
  }
  [[nodiscard]] FileExplanation why(const std::string& path) const { return replica->why(path, now()); }

 private:
  std::uint64_t inodes_ = 0;
};

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

// Law 23
TEST(replica_git, a_text_that_git_put_back_is_never_sent_and_an_edit_of_it_names_the_version_it_was) {
  GitBench bench;
  bench.save("a.md", "one\n");
  bench.pass(ReplicaBench::a_while);
  const auto first = bench.hub.heads.begin()->second.version;
  bench.save("a.md", "one and two\n");
  bench.pass(ReplicaBench::a_while);
  bench.puts("a.md", "one\n");
  bench.pass(seconds{60});
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
  EXPECT_EQ(bench.status().state, ReplicaStateName::differs);
  ASSERT_EQ(bench.status().incoming.size(), 1U);
  EXPECT_EQ(bench.status().incoming[0].why.find("git put back"), 0U) << bench.status().incoming[0].why;
  EXPECT_EQ(bench.questions, 1U);
  bench.start();
  bench.connect();
  bench.pass(seconds{5});
  EXPECT_EQ(bench.versions_of("a.md"), 2U) << "nor after a restart";
  bench.save("a.md", "one, edited\n");
  bench.pass(seconds{5});
  EXPECT_EQ(bench.hub.pushes.back().base, first);
}

TEST(replica_git, put_back_and_popped_again_there_is_nothing_to_do) {
  GitBench bench(SyncMode::two_way);
  bench.two_versions();
  bench.puts("a.md", "one\n");  // git stash
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.on_disk("a.md"), "one\n");
  bench.puts("a.md", "one and two\n");  // git stash pop
  bench.git_states["a.md"] = GitFileState::changed;
  bench.pass(seconds{20});
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.applications, 0U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

TEST(replica_git, in_two_way_mode_what_git_put_back_comes_forward_again_after_five_seconds_of_quiet) {
  GitBench bench(SyncMode::two_way);
  bench.two_versions();
  bench.elsewhere(theirs, "b.md", "theirs\n");
  bench.puts("a.md", "one\n");
  bench.pass(milliseconds{4'500});
  EXPECT_EQ(bench.on_disk("a.md"), "one\n");
  bench.pass(seconds{2});
  EXPECT_EQ(bench.on_disk("a.md"), "one and two\n");
  EXPECT_TRUE(bench.agrees());
  bench.puts("b.md", std::nullopt);  // git clean
  bench.pass(seconds{4});
  EXPECT_EQ(bench.hub.text_at("b.md"), "theirs\n");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.on_disk("b.md"), "theirs\n");
  EXPECT_EQ(bench.hub.pushes.size(), 2U) << "nothing of that was sent";
}

TEST(replica_git, what_another_replica_wrote_and_git_does_not_know_is_not_deleted_when_it_vanishes) {
  GitBench bench(SyncMode::two_way);
  bench.elsewhere(theirs, "b.md", "theirs\n");
  bench.pass(seconds{60});
  bench.remove("b.md");  // git clean takes no lock and leaves no trace
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("b.md"), "theirs\n");
  EXPECT_EQ(bench.on_disk("b.md"), "theirs\n");
}

TEST(replica_git, a_person_who_deletes_deletes) {
  GitBench bench(SyncMode::two_way);
  bench.save("other.md", "stays\n");
  bench.save("mine.md", "mine\n");
  bench.elsewhere(theirs, "tracked.md", "theirs, and git knows it\n");
  bench.pass(seconds{60});
  bench.git_states["tracked.md"] = GitFileState::deleted;
  bench.remove("tracked.md");
  bench.remove("mine.md");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 1U);
}

TEST(replica_git, an_undo_in_an_editor_is_an_edit_though_the_index_has_that_text) {
  GitBench bench;
  bench.two_versions();
  bench.pass(seconds{10});
  bench.save("a.md", "one\n");
  bench.pass(seconds{5});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one\n");
  EXPECT_EQ(bench.questions, 0U) << "git did not write after it";
}

TEST(replica_git, a_new_text_that_git_brings_is_an_edit) {
  GitBench bench;
  bench.two_versions();
  bench.puts("a.md", "pulled\n");
  bench.puts("c.md", "pulled too\n");
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_git, a_text_of_an_earlier_commit_that_was_never_here_is_put_back_as_well) {
  GitBench bench(SyncMode::two_way);
  bench.two_versions();
  bench.git.commit = "c0";  // git reset --hard HEAD~1
  bench.git_went_back = true;
  bench.puts("a.md", "from before the first one\n");
  bench.puts("z.md", "deleted since\n");
  bench.pass(milliseconds{4'000});
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_EQ(bench.why("z.md").state, FileState::held);
  bench.pass(seconds{10});
  EXPECT_EQ(bench.on_disk("a.md"), "one and two\n");
  EXPECT_EQ(bench.hub.pushes.size(), 2U);
  ASSERT_TRUE(bench.replica->accept("z.md", bench.now()));
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_git, what_git_took_away_while_it_was_at_work_is_no_deletion_and_a_person_may_say_that_it_is) {
  GitBench bench;
  bench.save("mine.md", "mine\n");
  bench.save("mine-too.md", "mine, too\n");
  bench.pass(ReplicaBench::a_while);
  bench.puts("mine.md", std::nullopt);  // git stash --include-untracked
  bench.puts("mine-too.md", std::nullopt);
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 2U);
  EXPECT_EQ(bench.status().incoming_count, 2U);
  bench.puts("mine.md", "mine\n");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.status().incoming_count, 1U);
  EXPECT_EQ(bench.versions_of("mine.md"), 1U);
  ASSERT_TRUE(bench.replica->accept("mine-too.md", bench.now()));
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_git, accepted_what_git_put_back_is_the_newest_version) {
  GitBench bench(SyncMode::two_way);
  bench.two_versions();
  bench.puts("a.md", "one\n");
  bench.pass(ReplicaBench::a_while);
  ASSERT_TRUE(bench.replica->accept("a.md", bench.now()));
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one\n");
  EXPECT_TRUE(bench.agrees());
}

const std::string long_text = std::string(200, 'x') + " of which there is no second one\n";

TEST(replica_git, a_rename_that_git_undoes_is_undone_for_nobody) {
  GitBench bench(SyncMode::two_way);
  bench.save("082-a/README.md", long_text);
  bench.save("stays.md", "stays\n");
  bench.pass(ReplicaBench::a_while);
  bench.rename("082-a/README.md", "archived/082-a/README.md");
  bench.pass(seconds{60});
  ASSERT_EQ(bench.hub.text_at("archived/082-a/README.md"), long_text);
  // git stash --include-untracked
  bench.disk.clock_ns = bench.wall_ns() - 1'000'000;
  bench.disk.files.erase("archived/082-a/README.md");
  bench.disk.write("082-a/README.md", long_text);
  bench.writes_index();
  bench.hint({HintKind::removed, "archived/082-a/README.md", std::nullopt, false});
  bench.hint({HintKind::closed, "082-a/README.md", std::nullopt, false});
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("archived/082-a/README.md"), long_text);
  EXPECT_EQ(bench.hub.text_at("082-a/README.md"), std::nullopt);
  EXPECT_EQ(bench.hub.live(), 2U);
  EXPECT_EQ(bench.on_disk("archived/082-a/README.md"), long_text);
  EXPECT_NE(bench.why("082-a/README.md").sentence.find("stands at archived/082-a/README.md now"), std::string::npos)
      << bench.why("082-a/README.md").sentence;
  bench.remove("082-a/README.md");
  bench.pass(seconds{10});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().held_count, 0U);
}

TEST(replica_git, a_rename_that_a_person_undoes_is_undone_for_all) {
  GitBench bench;
  bench.save("082-a/README.md", long_text);
  bench.save("stays.md", "stays\n");
  bench.pass(ReplicaBench::a_while);
  bench.writes_index();
  bench.rename("082-a/README.md", "archived/082-a/README.md");
  bench.pass(seconds{60});
  bench.rename("archived/082-a/README.md", "082-a/README.md");
  bench.pass(seconds{10});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().held_count, 0U);
}

TEST(replica_git, an_edit_made_offline_is_sent_though_git_put_the_file_back_meanwhile) {
  GitBench bench;
  bench.two_versions();
  bench.cut();
  bench.save("a.md", "made offline\n");
  bench.pass(ReplicaBench::a_while);
  bench.puts("a.md", "one and two\n");
  bench.pass(seconds{10});
  bench.connect();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("a.md"), "made offline\n");
  EXPECT_EQ(bench.status().incoming_count, 1U) << "and the folder has what git put there";
}

TEST(replica_git, what_another_replica_deleted_and_git_puts_back_is_not_made_again) {
  GitBench bench(SyncMode::two_way);
  bench.elsewhere(theirs, "b.md", "theirs\n");
  bench.elsewhere(theirs, "b.md", std::nullopt);
  ASSERT_EQ(bench.on_disk("b.md"), "(none)");
  bench.pass(seconds{10});
  bench.puts("b.md", "theirs\n");  // git checkout .
  bench.pass(seconds{4});
  EXPECT_EQ(bench.hub.live(), 0U);
  bench.pass(seconds{10});
  EXPECT_EQ(bench.on_disk("b.md"), "(none)");
  EXPECT_EQ(bench.hub.live(), 0U);
  EXPECT_TRUE(bench.hub.pushes.empty());
}

TEST(replica_git, what_git_puts_back_beside_an_edit_that_is_still_on_its_way_waits_for_the_answer) {
  GitBench bench;
  bench.two_versions();
  bench.hold_messages = true;
  bench.save("a.md", "three\n");
  bench.pass(seconds{1});
  bench.puts("a.md", "one\n");
  bench.pass(seconds{5});
  bench.hold_messages = false;
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("a.md"), "three\n");
  EXPECT_EQ(bench.versions_of("a.md"), 3U);
  EXPECT_EQ(bench.status().incoming_count, 1U);
}

TEST(replica_git, without_a_git_program_only_what_is_suspicious_is_held_with_a_sentence) {
  GitBench bench;
  bench.git_problem = "there is no git program on this machine";
  bench.two_versions();
  bench.puts("a.md", "one\n");
  bench.puts("b.md", "new\n");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
  EXPECT_EQ(bench.hub.text_at("b.md"), "new\n");
  EXPECT_EQ(bench.why("a.md").sentence, "git may have put it back, and there is no git program on this machine");
  ASSERT_TRUE(bench.replica->accept("a.md", bench.now()));
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_git, the_last_32_texts_are_remembered_and_an_older_one_is_new) {
  GitBench bench;
  for (std::size_t i = 0; i < ancestors_max + 2; ++i) {
    bench.save("a.md", "text " + std::to_string(i) + "\n");
    bench.pass(ReplicaBench::a_while);
  }
  bench.puts("a.md", "text 2\n");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.status().incoming_count, 1U);
  bench.puts("a.md", "text 0\n");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.pushes.size(), ancestors_max + 3);
}

TEST(replica_git, at_rest_git_costs_no_wake_up_and_no_question) {
  GitBench bench;
  bench.two_versions();
  bench.pass(seconds{60});
  const auto wake_ups = bench.wake_ups;
  bench.cut();
  bench.pass(seconds{600});
  EXPECT_LE(bench.wake_ups, wake_ups + 2);
  EXPECT_EQ(bench.questions, 0U);
}

}  // namespace
}  // namespace leanspec::bridge::engine
