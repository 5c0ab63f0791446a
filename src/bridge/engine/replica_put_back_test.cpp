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

// Git was asked about the text that stood there before.
TEST(replica_put_back, a_former_text_that_a_person_moves_to_where_git_had_put_another_one_is_an_edit) {
  GitBench bench(SyncMode::two_way);
  bench.two_versions();
  bench.save("a.md", "one, two and three\n");
  bench.pass(ReplicaBench::a_while);
  bench.save("b.md", "one and two\n");
  bench.pass(ReplicaBench::a_while);
  bench.puts("a.md", "one\n");
  bench.pass(seconds{10});
  ASSERT_EQ(bench.on_disk("a.md"), "one, two and three\n") << "it has come forward again";
  bench.git_states["a.md"] = GitFileState::changed;
  auto moved = bench.disk.files.extract("b.md");  // which leaves the time of its last save as it was
  bench.disk.files.at("a.md") = moved.mapped();
  bench.hint({HintKind::removed, "b.md", std::nullopt, false});
  bench.hint({HintKind::moved_in, "a.md", "b.md", false});
  bench.pass(seconds{10});
  EXPECT_EQ(bench.on_disk("a.md"), "one and two\n");
  EXPECT_TRUE(bench.agrees());
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

TEST(replica_put_back, what_waits_for_a_person_is_not_on_its_way_though_the_hub_moves_the_document_there) {
  GitBench bench(SyncMode::two_way);
  bench.save("stays.md", "stays\n");
  bench.elsewhere(theirs, "082-a/README.md", long_text);
  bench.elsewhere(theirs, "archived/082-a/README.md", long_text);
  bench.pass(seconds{60});
  bench.puts("082-a/README.md", long_text);  // git checkout .
  bench.pass(seconds{20});
  ASSERT_NE(bench.why("082-a/README.md").sentence.find("stands at archived/082-a/README.md now"), std::string::npos)
      << bench.why("082-a/README.md").sentence;
  bench.elsewhere(theirs, "082-a/README.md", long_text);
  bench.pass(seconds{60});
  EXPECT_EQ(bench.status().state, ReplicaStateName::differs) << bench.status().detail;
  EXPECT_EQ(bench.status().held_count, 1U);
  EXPECT_EQ(bench.status().incoming_count, 1U);
  EXPECT_TRUE(bench.replica->quiet()) << "`flush --wait` ends, and says so";
  bench.remove("082-a/README.md");
  bench.pass(seconds{20});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

// What was heard of is looked at first.
TEST(replica_put_back, what_git_puts_back_right_before_its_file_changes_places_with_another_is_no_edit) {
  GitBench bench(SyncMode::two_way);
  bench.two_versions();
  bench.save("b.md", "other\n");
  bench.pass(seconds{60});
  const auto document_at = [&bench](const std::string& path) {
    for (const auto& [document, head] : bench.hub.heads) {
      if (head.path == path) return document;
    }
    return DocumentId{};
  };
  const auto a = document_at("a.md");
  const auto b = document_at("b.md");
  const auto pushes = bench.hub.pushes.size();
  bench.puts("a.md", "one\n");
  bench.git_states["b.md"] = GitFileState::changed;
  bench.hub.change(a, "b.md", "one and two\n");
  bench.hub.change(b, "a.md", "other\n");
  bench.tell_head();
  bench.pass(seconds{60});
  EXPECT_EQ(bench.hub.pushes.size(), pushes);
  EXPECT_TRUE(bench.agrees());
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
