// Law 23 where times say little: clocks that were set back, whole seconds, looks that came late.
#include <gtest/gtest.h>

#include "tests/fakes/git_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::GitBench;
using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

const DocumentId theirs{ReplicaBench::id(77)};

TEST(replica_put_back_times, what_git_put_back_before_the_clock_was_set_back_is_no_edit) {
  GitBench bench;
  bench.two_versions();
  bench.disk.clock_ns = bench.wall_ns() + std::chrono::nanoseconds(std::chrono::hours{10}).count();
  bench.disk.replace("a.md", "one\n");
  bench.writes_index();  // by the clock as it is now
  bench.hint({HintKind::closed, "a.md", std::nullopt, false});
  bench.pass(seconds{10});
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
}

TEST(replica_put_back_times, a_text_saved_before_git_went_back_is_an_edit_though_the_earlier_commit_has_it) {
  GitBench bench;
  bench.two_versions();
  bench.pass(seconds{10});
  bench.save("b.md", "unheard\n");
  bench.disk.write("a.md", "mine\n");  // committed, and no look has come upon it
  bench.pass(seconds{10});
  bench.git.commit = "c0";  // git reset --hard HEAD~1
  bench.git_went_back = true;
  bench.writes_index();
  bench.hint({HintKind::closed, "a.md", std::nullopt, false});
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "mine\n");
}

TEST(replica_put_back_times, what_git_took_away_and_nobody_heard_of_is_no_deletion) {
  GitBench bench;
  bench.two_versions();
  bench.save("other.md", "stays\n");
  bench.pass(seconds{60});
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{60});
  bench.disk.files.erase("a.md");  // git stash --include-untracked
  bench.writes_index();
  bench.pass(seconds{60});
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
}

TEST(replica_put_back_times, what_git_took_away_before_the_clock_was_set_is_no_deletion) {
  GitBench bench;
  bench.two_versions();
  bench.pass(seconds{60});
  bench.disk.files.erase("a.md");  // git reset --hard HEAD~1
  bench.writes_index();
  bench.git.index->modified_ns -= std::chrono::nanoseconds(std::chrono::hours{10}).count();
  bench.replica->git_seen(bench.git, Now{bench.now().boot, bench.now().wall - std::chrono::hours{10}});
  bench.hint({HintKind::removed, "a.md", std::nullopt, false});
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
}

TEST(replica_put_back_times, what_git_took_away_before_the_clock_was_set_forward_is_no_deletion) {
  GitBench bench;
  bench.two_versions();
  bench.pass(seconds{60});
  bench.disk.files.erase("a.md");  // git reset --hard HEAD~1
  bench.writes_index();
  bench.set_wall_clock(std::chrono::hours{1});
  bench.hint({HintKind::removed, "a.md", std::nullopt, false});
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
}

TEST(replica_put_back_times, what_git_took_away_is_no_deletion_though_it_is_missed_for_the_sake_of_a_new_file_alone) {
  GitBench bench;
  bench.two_versions();
  bench.save("other.md", "stays\n");
  bench.pass(seconds{60});
  const auto inode = bench.disk.files.at("a.md").inode;
  bench.disk.files.erase("a.md");  // git stash --include-untracked, and nobody heard of it
  bench.writes_index();
  bench.pass(seconds{60});
  bench.disk.write("new.md", "another text in a file of the same number\n");
  bench.disk.files.at("new.md").inode = inode;
  bench.hint({HintKind::closed, "new.md", std::nullopt, false});
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
  EXPECT_EQ(bench.hub.text_at("new.md"), "another text in a file of the same number\n");
}

TEST(replica_put_back_times, what_git_took_away_while_no_bridge_ran_and_the_clock_was_set_back_is_no_deletion) {
  GitBench bench;
  bench.two_versions();
  bench.save("other.md", "stays\n");
  bench.pass(seconds{60});
  bench.cut();
  bench.pass(seconds{120});
  bench.disk.files.erase("a.md");  // git reset --hard HEAD~1
  bench.replica.reset();
  bench.set_wall_clock(-std::chrono::hours{10});
  bench.writes_index();
  bench.start();
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
}

TEST(replica_put_back_times, what_git_took_away_before_the_bridge_ended_that_never_agreed_with_the_hub_is_no_deletion) {
  GitBench bench;
  bench.two_versions();
  bench.save("other.md", "stays\n");
  bench.pass(seconds{60});
  bench.cut();
  bench.disk.files.erase("a.md");  // git stash --include-untracked
  bench.writes_index();
  bench.pass(seconds{7});  // nobody heard of it
  bench.replica.reset();
  StateUpdate update;
  update.replica = bench.store.durable().replica;
  update.replica->last_sync.reset();  // all that was sent was still on its way
  ASSERT_TRUE(bench.store.commit(update).has_value());
  bench.start();
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
}

// Everything else was agreed on meanwhile.
TEST(replica_put_back_times, what_git_took_is_no_deletion_for_a_process_that_begins_right_after_the_answer) {
  GitBench bench(SyncMode::two_way);
  bench.save("other.md", "stays\n");
  bench.pass(seconds{60});
  bench.hold_messages = true;
  bench.save("a.md", "one\n");
  bench.pass(ReplicaBench::a_while);
  bench.puts("a.md", std::nullopt);  // git reset --hard HEAD~1
  bench.git_states["a.md"] = GitFileState::untracked;
  bench.pass(seconds{21});
  bench.hold_messages = false;
  bench.carry_out();
  bench.pass(milliseconds{100});
  ASSERT_TRUE(bench.replica->state().pending.empty());
  bench.start();
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one\n");
  EXPECT_EQ(bench.on_disk("a.md"), "one\n");
}

TEST(replica_put_back_times, what_git_took_and_nobody_heard_of_is_no_deletion_for_the_next_process_either) {
  GitBench bench;
  bench.two_versions();
  bench.pass(seconds{60});
  bench.disk.files.erase("a.md");  // git stash --include-untracked
  bench.writes_index();
  bench.pass(seconds{20});
  bench.save("other.md", "agreed on since\n");
  bench.pass(ReplicaBench::a_while);
  bench.start();
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
}

TEST(replica_put_back_times, a_text_of_an_earlier_commit_is_known_when_git_puts_it_there_again) {
  GitBench bench(SyncMode::two_way);
  bench.two_versions();
  bench.git.commit = "c0";  // git reset --hard HEAD~1
  bench.git_went_back = true;
  bench.puts("a.md", "from before the first one\n");
  bench.pass(seconds{10});
  ASSERT_EQ(bench.on_disk("a.md"), "one and two\n");
  bench.git.commit = "c2";  // of other files
  bench.git_went_back = false;
  bench.writes_index();
  bench.pass(seconds{10});
  bench.puts("a.md", "from before the first one\n");  // git checkout .
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
  EXPECT_EQ(bench.on_disk("a.md"), "one and two\n");
}

TEST(replica_put_back_times, a_former_text_that_git_put_where_its_user_had_deleted_the_newer_one_is_no_edit) {
  GitBench bench;
  bench.two_versions();
  const auto document = bench.hub.heads.begin()->first;
  bench.cut();
  bench.hub.change(document, "a.md", "theirs\n");
  bench.remove("a.md");
  bench.pass(seconds{5});
  bench.connect();
  bench.pass(seconds{5});
  ASSERT_EQ(bench.hub.text_at("a.md"), "theirs\n") << "an edit outlives a deletion";
  const auto pushes = bench.hub.pushes.size();
  bench.puts("a.md", "one\n");  // git checkout .
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.pushes.size(), pushes);
  EXPECT_EQ(bench.hub.text_at("a.md"), "theirs\n");
}

TEST(replica_put_back_times, a_former_text_that_git_put_over_one_that_is_on_its_way_as_a_new_document_is_no_edit) {
  GitBench bench(SyncMode::two_way);
  bench.two_versions();
  const auto document = bench.hub.heads.begin()->first;
  bench.save("b.md", "stays\n");
  bench.pass(seconds{5});
  bench.elsewhere(document, "a.md", std::nullopt);
  bench.pass(seconds{10});
  ASSERT_EQ(bench.on_disk("a.md"), "(none)");
  bench.cut();
  bench.save("a.md", "made anew\n");
  bench.pass(seconds{5});
  bench.puts("a.md", "one\n");  // git checkout .
  bench.pass(seconds{5});
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "made anew\n");
}

TEST(replica_put_back_times, what_a_restored_hub_was_given_again_is_still_of_those_who_wrote_it) {
  GitBench bench(SyncMode::two_way);
  bench.save("a.md", "mine\n");
  bench.pass(seconds{5});
  bench.elsewhere(theirs, "b.md", "theirs\n");
  bench.pass(seconds{60});
  bench.cut();
  bench.hub.begin_another_life(1);
  bench.connect();
  bench.pass(seconds{60});
  ASSERT_EQ(bench.hub.text_at("b.md"), "theirs\n") << "it is given again";
  bench.disk.files.erase("b.md");  // git clean takes no lock and writes no index
  bench.hint({HintKind::removed, "b.md", std::nullopt, false});
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("b.md"), "theirs\n");
}

TEST(replica_put_back_times, files_that_wait_for_a_person_wake_the_bridge_together) {
  GitBench bench(SyncMode::two_way);
  bench.save("stays.md", "stays\n");
  for (const auto* const name : {"1", "2", "3", "4"}) {
    const DocumentId document{ReplicaBench::id(70 + static_cast<std::uint64_t>(*name - '0'))};
    const std::string here = std::string("here/") + name + ".md";
    const auto text = std::string(200, 'x') + " of which there is one: " + name + "\n";
    bench.elsewhere(document, here, text);
    bench.elsewhere(document, std::string("there/") + name + ".md", text);
    bench.pass(milliseconds{60'700});
    bench.puts(here, text);
    bench.pass(seconds{20});
    bench.elsewhere(document, here, text);
  }
  bench.pass(seconds{60});
  ASSERT_EQ(bench.status().held_count, 4U);
  ASSERT_EQ(bench.status().incoming_count, 4U);
  const auto before = bench.wake_ups;
  bench.pass(seconds{60});
  EXPECT_LE(bench.wake_ups - before, 24U);
}

TEST(replica_put_back_times, an_index_of_whole_seconds_settles_until_its_second_is_over) {
  constexpr std::int64_t at = 1'700'000'000'000'000'000;
  GitFingerprint git;
  git.work_tree = true;
  git.branch = "main";
  git.index = GitFile{7, at, 100};
  const auto mood = [&](milliseconds later) {
    return judge_git(git, "main", false, Instant(milliseconds(at / 1'000'000)) + later).mood;
  };
  EXPECT_EQ(mood(milliseconds{1'200}), GitMood::settling);
  EXPECT_EQ(mood(milliseconds{1'300}), GitMood::quiet);
  git.index->modified_ns = at + 1'000'000;
  EXPECT_EQ(mood(milliseconds{300}), GitMood::quiet);
}

}  // namespace
}  // namespace leanspec::bridge::engine
