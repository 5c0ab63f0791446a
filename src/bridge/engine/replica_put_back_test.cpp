// What git put back or took away is no edit: law 23, with a git that is only told about.
#include <gtest/gtest.h>

#include "tests/fakes/git_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::GitBench;
using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

const DocumentId theirs{ReplicaBench::id(77)};

// Law 23
TEST(replica_put_back, a_text_that_git_put_back_is_never_sent_and_an_edit_of_it_names_the_version_it_was) {
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

TEST(replica_put_back, put_back_and_popped_again_there_is_nothing_to_do) {
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

TEST(replica_put_back, in_two_way_mode_what_git_put_back_comes_forward_again_after_five_seconds_of_quiet) {
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

TEST(replica_put_back, what_another_replica_wrote_and_git_does_not_know_is_not_deleted_when_it_vanishes) {
  GitBench bench(SyncMode::two_way);
  bench.elsewhere(theirs, "b.md", "theirs\n");
  bench.pass(seconds{60});
  bench.remove("b.md");  // git clean takes no lock and leaves no trace
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("b.md"), "theirs\n");
  EXPECT_EQ(bench.on_disk("b.md"), "theirs\n");
}

TEST(replica_put_back, a_person_who_deletes_deletes) {
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

TEST(replica_put_back, an_undo_in_an_editor_is_an_edit_though_the_index_has_that_text) {
  GitBench bench;
  bench.two_versions();
  bench.pass(seconds{10});
  bench.save("a.md", "one\n");
  bench.pass(seconds{5});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one\n");
  EXPECT_EQ(bench.questions, 0U) << "git did not write after it";
}

TEST(replica_put_back, a_new_text_that_git_brings_is_an_edit) {
  GitBench bench;
  bench.two_versions();
  bench.puts("a.md", "pulled\n");
  bench.puts("c.md", "pulled too\n");
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_put_back, a_text_of_an_earlier_commit_that_was_never_here_is_put_back_as_well) {
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

// Law 2: nobody else has that text.
TEST(replica_put_back, a_text_of_an_earlier_commit_is_durable_with_its_rename) {
  GitBench bench;
  bench.two_versions();
  bench.git.commit = "c0";
  bench.git_went_back = true;
  bench.puts("a.md", "from before the first one\n");
  bench.pass(milliseconds{4'000});
  bench.cut();
  bench.rename("a.md", "b.md");
  bench.pass(seconds{10});
  const auto& state = bench.replica->state();
  ASSERT_EQ(state.pending.size(), 1U);
  const auto& change = state.pending.begin()->second;
  EXPECT_EQ(change.path, "b.md");
  EXPECT_TRUE(state.bodies.contains(*change.digest));
}

TEST(replica_put_back, what_git_took_away_while_it_was_at_work_is_no_deletion_and_a_person_may_say_that_it_is) {
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

TEST(replica_put_back, what_git_took_away_while_no_bridge_ran_is_no_deletion) {
  GitBench bench;
  bench.save("mine.md", "mine\n");
  bench.save("other.md", "stays\n");
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  bench.pass(seconds{120});
  bench.replica.reset();
  bench.disk.files.erase("mine.md");  // git stash --include-untracked, a minute ago
  bench.git.index->modified_ns = bench.wall_ns() - std::chrono::nanoseconds(seconds{60}).count();
  bench.start();
  bench.connect();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("mine.md"), "mine\n");
}

// Law 7
TEST(replica_put_back, what_git_may_have_taken_is_not_among_the_deletions_that_a_person_is_asked_about) {
  GitBench bench(SyncMode::two_way);
  const auto mine = [](int n) { return "mine-" + std::to_string(n) + ".md"; };
  const auto of_others = [](int n) { return "theirs-" + std::to_string(n) + ".md"; };
  constexpr int each = 20;
  bench.save("stays.md", "stays\n");
  for (int n = 0; n < each; ++n) {
    bench.save(mine(n), "mine " + std::to_string(n) + "\n");
    bench.elsewhere(DocumentId{ReplicaBench::id(static_cast<std::uint64_t>(500 + n))}, of_others(n),
                    "theirs " + std::to_string(n) + "\n");
  }
  bench.pass(seconds{60});
  ASSERT_TRUE(bench.agrees());
  for (int n = 0; n < each; ++n) {
    bench.disk.files.erase(mine(n));
    bench.disk.files.erase(of_others(n));  // git clean
  }
  bench.replica->rescan(bench.now());
  bench.pass(seconds{5});
  ASSERT_EQ(bench.status().state, ReplicaStateName::guard);
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  for (int n = 0; n < each; ++n) {
    EXPECT_EQ(bench.hub.text_at(of_others(n)), "theirs " + std::to_string(n) + "\n");
    EXPECT_EQ(bench.hub.text_at(mine(n)), std::nullopt);
  }
}

TEST(replica_put_back, a_text_that_was_held_on_account_of_git_is_forgotten_when_it_has_gone) {
  GitBench bench;
  bench.git_problem = "there is no git program on this machine";
  bench.two_versions();
  bench.puts("new.md", "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> topic\n");
  bench.pass(seconds{10});
  ASSERT_NE(bench.why("new.md").sentence.find("markers"), std::string::npos) << bench.why("new.md").sentence;
  bench.disk.files.erase("new.md");
  bench.replica->rescan(bench.now());
  bench.pass(seconds{10});
  EXPECT_EQ(bench.why("new.md").sentence.find("markers"), std::string::npos) << bench.why("new.md").sentence;
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

TEST(replica_put_back, accepted_what_git_put_back_is_the_newest_version) {
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

TEST(replica_put_back, a_rename_that_git_undoes_is_undone_for_nobody) {
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

TEST(replica_put_back, a_rename_that_a_person_undoes_is_undone_for_all) {
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

TEST(replica_put_back, an_edit_made_offline_is_sent_though_git_put_the_file_back_meanwhile) {
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

TEST(replica_put_back, what_another_replica_deleted_and_git_puts_back_is_not_made_again) {
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

TEST(replica_put_back, what_git_puts_back_beside_an_edit_that_is_still_on_its_way_waits_for_the_answer) {
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

TEST(replica_put_back, without_a_git_program_only_what_is_suspicious_is_held_with_a_sentence) {
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

TEST(replica_put_back, the_last_32_texts_are_remembered_and_an_older_one_is_new) {
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

TEST(replica_put_back, at_rest_git_costs_no_wake_up_and_no_question) {
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
