#include <gtest/gtest.h>

#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string text(char filling = 'x', std::size_t size = 200) {
  return std::string(size, filling);
}

// Law 2, N01
TEST(replica_engine, an_edit_whose_answer_was_lost_is_sent_again_with_the_same_id_and_bytes) {
  ReplicaBench bench;
  bench.lose_answers = true;
  bench.save("a.md", "first text");
  bench.pass(milliseconds{10});
  ASSERT_EQ(bench.hub.pushes.size(), 1U);
  bench.save("a.md", "second text");
  bench.pass(seconds{1});
  ASSERT_EQ(bench.hub.pushes.size(), 1U) << "one change per document is on its way";
  bench.lose_answers = false;
  bench.start();  // killed, with the second text only on disk
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_FALSE(bench.hub.accepts_changed_resend);
  EXPECT_EQ(bench.hub.text_at("a.md"), "second text");
  EXPECT_EQ(bench.versions_of("a.md"), 2U) << "both texts, each once";
}

// I4
TEST(replica_engine, an_answer_that_is_older_than_what_was_read_since_takes_nothing_back) {
  ReplicaBench bench;
  const DocumentId theirs{ReplicaBench::id(77)};
  bench.hub.change(theirs, "a.md", "text");
  bench.lose_answers = true;
  bench.save("a.md", "text");
  bench.pass(milliseconds{10});
  ASSERT_EQ(bench.hub.pushes.size(), 1U);
  bench.cut();
  bench.hub.change(theirs, "a.md", std::nullopt);
  bench.lose_answers = false;
  bench.connect();
  bench.pass(milliseconds{10});
  ASSERT_GE(bench.hub.pushes.size(), 2U);
  EXPECT_EQ(bench.hub.pushes[1].change, bench.hub.pushes[0].change) << "answered word for word: unchanged";
  EXPECT_FALSE(bench.replica->state().remote.contains(theirs));
}

// I4, law 20
TEST(replica_engine, that_the_hub_had_nothing_to_delete_takes_nothing_back_that_came_there_since) {
  ReplicaBench bench;
  bench.save("a.md", "text");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.heads.size(), 1U);
  const auto document = bench.hub.heads.begin()->first;
  bench.lose_answers = true;
  bench.remove("a.md");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.pushes.size(), 2U);
  bench.cut();
  bench.hub.begin_another_life(0);
  const auto deletion = bench.hub.pushes.back();
  const auto answers = bench.hub.receive(deletion);  // sent again, and the answer is lost again
  ASSERT_EQ(std::get<wire::PushResult>(answers.front()).outcome, wire::PushOutcome::unchanged);
  bench.hub.change(document, "a.md", "text");  // another machine has it still
  bench.lose_answers = false;
  bench.connect();
  bench.pass(milliseconds{10});
  ASSERT_EQ(bench.hub.pushes.back().change, deletion.change) << "answered word for word: unchanged";
  ASSERT_TRUE(bench.replica->state().pending.empty());
  EXPECT_TRUE(bench.replica->state().remote.contains(document));
}

// Law 2
TEST(replica_engine, the_bytes_of_a_change_survive_a_crash_and_the_loss_of_the_file) {
  ReplicaBench bench;
  bench.hold_messages = true;
  bench.save("a.md", "precious");
  bench.pass(milliseconds{10});
  bench.disk.files.clear();
  bench.hold_messages = false;
  bench.start();
  bench.connect();
  EXPECT_EQ(bench.hub.text_at("a.md"), "precious");
}

TEST(replica_engine, edits_made_offline_are_kept_with_their_bytes_and_sent_once_the_hub_is_there) {
  ReplicaBench bench;
  bench.save("a.md", "one");
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  EXPECT_EQ(bench.status().state, ReplicaStateName::offline);
  bench.save("a.md", "two");
  bench.save("b.md", "new");
  bench.pass(ReplicaBench::a_while);
  bench.save("a.md", "three");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.store.durable().pending.size(), 2U);
  EXPECT_EQ(bench.status().pending_count, 2U);
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.pushes.size(), 3U) << "what was overtaken before it was sent is not sent";
}

// Law 14
TEST(replica_engine, an_edit_says_how_long_ago_it_was_made) {
  ReplicaBench bench;
  bench.cut();
  bench.save("a.md", "text");
  bench.pass(std::chrono::hours{2});
  bench.connect();
  bench.pass(milliseconds{100});
  ASSERT_EQ(bench.hub.pushes.size(), 1U);
  EXPECT_GE(bench.hub.pushes.front().age, std::chrono::hours{2});
}

TEST(replica_engine, a_new_name_makes_an_edit_of_before_no_younger) {
  ReplicaBench bench;
  bench.save("a.md", "text");
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.save("a.md", "other text");
  auto& file = bench.disk.files.at("a.md");
  file.modified = file.changed;
  bench.pass(std::chrono::hours{2});
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.rename("a.md", "b.md");
  bench.pass(ReplicaBench::a_while);
  bench.connect();
  bench.pass(milliseconds{100});
  ASSERT_EQ(bench.hub.pushes.size(), 2U);
  EXPECT_EQ(bench.hub.pushes.back().path, "b.md");
  EXPECT_GE(bench.hub.pushes.back().age, std::chrono::hours{2});
}

TEST(replica_engine, a_set_aside_edit_is_quiet_until_it_changes_again) {
  ReplicaBench bench;
  bench.save_all(1);
  bench.cut();
  bench.hub.change(bench.hub.heads.begin()->first, "f0.md", "from elsewhere");
  bench.save("f0.md", "from here");
  bench.pass(ReplicaBench::a_while);
  bench.connect();
  bench.pass(seconds{60});
  EXPECT_EQ(bench.status().held_count, 1U);
  const auto pushes = bench.hub.pushes.size();
  EXPECT_EQ(pushes, 2U);
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{60});
  EXPECT_EQ(bench.hub.pushes.size(), pushes);
  EXPECT_EQ(bench.replica->why("f0.md", bench.now()).state, FileState::held);
  bench.save("f0.md", "from elsewhere");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.status().held_count, 0U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

TEST(replica_engine, what_the_hub_has_newer_is_listed_and_not_written) {
  ReplicaBench bench;
  bench.save_all(2);
  bench.hub.change(bench.hub.heads.begin()->first, "f0.md", "from elsewhere");
  bench.tell_head();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.status().incoming_count, 1U);
  EXPECT_EQ(bench.disk.files["f0.md"].text, "text number 0");
  EXPECT_EQ(bench.hub.acknowledged, bench.hub.head());
}

TEST(replica_engine, a_pause_sends_nothing_and_shows_what_waits) {
  ReplicaBench bench;
  bench.replica->pause(bench.now());
  bench.carry_out();
  bench.save("a.md", "text");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 0U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::paused);
  EXPECT_EQ(bench.status().pending_count, 1U);
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 0U) << "a pause survives a restart";
  bench.replica->resume(bench.now());
  bench.carry_out();
  EXPECT_EQ(bench.hub.live(), 1U);
}

TEST(replica_engine, a_group_whose_answers_were_lost_is_sent_again_as_a_group) {
  ReplicaBench bench;
  bench.save("a/x.md", text('a'));
  bench.save("a/y.md", text('b'));
  bench.pass(ReplicaBench::a_while);
  bench.lose_answers = true;
  bench.disk.rename("a/x.md", "b/x.md");
  bench.disk.rename("a/y.md", "b/y.md");
  bench.hint({HintKind::moved_in, "b", "a", true});
  bench.pass(milliseconds{100});
  bench.lose_answers = false;
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.versions_of("b/x.md"), 1U);
  EXPECT_TRUE(bench.replica->quiet());
}

}  // namespace
}  // namespace leanspec::bridge::engine
