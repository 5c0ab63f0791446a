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

TEST(replica_engine, a_saved_file_is_at_the_hub_ten_milliseconds_after_it_was_closed) {
  ReplicaBench bench;
  bench.save("001-a/README.md", "# A\n");
  EXPECT_EQ(bench.hub.live(), 0U);
  bench.pass(milliseconds{10});
  EXPECT_EQ(bench.hub.text_at("001-a/README.md"), "# A\n");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
  EXPECT_EQ(bench.replica->why("001-a/README.md", bench.now()).state, FileState::in_sync);
}

TEST(replica_engine, a_file_renamed_into_place_is_sent_at_once) {
  ReplicaBench bench;
  bench.replace("a.md", "one");
  EXPECT_EQ(bench.hub.text_at("a.md"), "one");
  bench.pass(seconds{1});
  bench.replace("a.md", "two");
  EXPECT_EQ(bench.hub.text_at("a.md"), "two");
  EXPECT_EQ(bench.hub.heads.size(), 1U) << "another inode, the same document";
}

TEST(replica_engine, a_first_sync_sends_every_file_once) {
  ReplicaBench bench{false};
  for (int i = 0; i < 1200; ++i) bench.disk.write("f" + std::to_string(i) + ".md", "text " + std::to_string(i));
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.pushes.size(), 1200U);
  EXPECT_LT(bench.store.commits, 100U) << "changes are made in batches";
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(replica_engine, at_most_256_pushes_and_two_mebibytes_are_in_flight) {
  ReplicaBench bench;
  bench.hold_messages = true;
  for (int i = 0; i < 300; ++i) bench.disk.write("f" + std::to_string(i), text('a', 1000) + std::to_string(i));
  bench.replica->rescan(bench.now());
  bench.carry_out();
  const auto pushes = [&] {
    std::size_t count = 0;
    for (const auto& message : bench.to_hub) count += std::holds_alternative<wire::Push>(message) ? 1U : 0U;
    return count;
  };
  EXPECT_EQ(pushes(), 256U);
  bench.hold_messages = false;
  bench.carry_out();
  EXPECT_TRUE(bench.agrees());
  bench.hold_messages = true;
  for (int i = 0; i < 5; ++i) bench.disk.write("big" + std::to_string(i), text(static_cast<char>('a' + i), 900'000));
  bench.replica->rescan(bench.now());
  bench.carry_out();
  EXPECT_EQ(pushes(), 2U) << "a third one would be over the credit";
  bench.hold_messages = false;
  bench.carry_out();
  bench.pass(seconds{3});
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_engine, a_feed_that_only_this_replica_writes_is_not_read_back) {
  ReplicaBench bench;
  bench.pass(ReplicaBench::a_while);
  const auto pages = bench.hub.pages_read;
  for (int i = 0; i < 50; ++i) bench.save("f" + std::to_string(i), text('a') + std::to_string(i));
  bench.pass(ReplicaBench::a_while);
  bench.tell_head();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.pages_read, pages);
  EXPECT_EQ(bench.hub.acknowledged, bench.hub.head());
  EXPECT_EQ(bench.replica->state().replica.cursor_digest, bench.hub.digests.back());
}

TEST(replica_engine, own_changes_and_those_of_others_make_one_feed) {
  ReplicaBench bench;
  bench.save("a", text('a'));
  bench.pass(ReplicaBench::a_while);
  bench.hub.change(DocumentId{ReplicaBench::id(7'000)}, "theirs", "from elsewhere");
  bench.save("b", text('b'));
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.head(), Seq{3});
  bench.tell_head();
  bench.save("c", text('c'));
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.replica->state().replica.cursor->seq, Seq{4});
  EXPECT_EQ(bench.replica->state().replica.cursor_digest, bench.hub.digests.back());
  EXPECT_EQ(bench.status().incoming_count, 1U);
  bench.remove("b");
  bench.pass(seconds{10});
  bench.tell_head();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.replica->state().replica.cursor->seq, Seq{5});
  EXPECT_EQ(bench.replica->state().replica.cursor_digest, bench.hub.digests.back());
}

TEST(replica_engine, nothing_is_sent_twice_for_a_file_that_is_only_touched) {
  ReplicaBench bench;
  bench.save("a.md", "text");
  bench.pass(ReplicaBench::a_while);
  bench.save("a.md", "text");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.pushes.size(), 1U);
}

// Law 12
TEST(replica_engine, a_hundred_saves_in_a_second_make_at_most_four_versions_and_the_last_is_exact) {
  ReplicaBench bench;
  for (int i = 0; i < 100; ++i) {
    bench.save("a.md", "save number " + std::to_string(i));
    bench.pass(milliseconds{10});
  }
  bench.pass(ReplicaBench::a_while);
  EXPECT_LE(bench.versions_of("a.md"), 4U);
  EXPECT_EQ(bench.hub.text_at("a.md"), "save number 99");
}

// Law 12
TEST(replica_engine, nothing_is_sent_while_a_writer_has_the_file_open) {
  ReplicaBench bench;
  bench.disk.write("a.md", "half");
  bench.disk.files["a.md"].writer_open = true;
  bench.hint({HintKind::modified, "a.md", std::nullopt, false});
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.live(), 0U);
  EXPECT_EQ(bench.replica->why("a.md", bench.now()).state, FileState::settling);
  bench.disk.files["a.md"].writer_open = false;
  bench.save("a.md", "whole");
  bench.pass(milliseconds{10});
  EXPECT_EQ(bench.hub.text_at("a.md"), "whole");
  EXPECT_EQ(bench.hub.pushes.size(), 1U);
}

TEST(replica_engine, a_writer_that_never_closes_is_not_waited_for_longer_than_thirty_seconds) {
  ReplicaBench bench;
  bench.disk.write("log.md", "line 1");
  bench.disk.files["log.md"].writer_open = true;
  bench.hint({HintKind::modified, "log.md", std::nullopt, false});
  bench.pass(seconds{29});
  EXPECT_EQ(bench.hub.live(), 0U);
  bench.pass(seconds{3});
  EXPECT_EQ(bench.hub.text_at("log.md"), "line 1");
}

// FS03
TEST(replica_engine, a_text_that_becomes_empty_is_held_two_seconds) {
  ReplicaBench bench;
  bench.save("a.md", "some text");
  bench.pass(ReplicaBench::a_while);
  bench.save("a.md", "");
  bench.pass(milliseconds{200});
  bench.save("a.md", "some other text");
  bench.pass(ReplicaBench::a_while);
  for (const auto& push : bench.hub.pushes) EXPECT_GT(push.size, 0U);
  bench.save("a.md", "");
  bench.pass(milliseconds{1'900});
  EXPECT_EQ(bench.hub.text_at("a.md"), "some other text");
  bench.pass(milliseconds{200});
  EXPECT_EQ(bench.hub.text_at("a.md"), "") << "a person may well mean it";
}

TEST(replica_engine, a_text_that_lost_its_end_is_held_two_seconds_and_another_one_is_not) {
  ReplicaBench bench;
  bench.save("a.md", "one two three");
  bench.pass(ReplicaBench::a_while);
  bench.save("a.md", "one two");
  bench.pass(seconds{1});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one two three");
  bench.save("a.md", "one 2");
  bench.pass(milliseconds{500});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one 2");
}

// FS04
TEST(replica_engine, a_file_that_changes_while_it_is_read_is_read_again) {
  ReplicaBench bench;
  bench.disk.write("a.md", "mixed");
  bench.disk.files["a.md"].changing = true;
  bench.hint({HintKind::closed, "a.md", std::nullopt, false});
  bench.pass(milliseconds{100});
  EXPECT_EQ(bench.hub.live(), 0U);
  bench.disk.files["a.md"].changing = false;
  bench.pass(milliseconds{100});
  EXPECT_EQ(bench.hub.text_at("a.md"), "mixed");
}

TEST(replica_engine, a_new_file_that_was_being_written_and_is_gone_is_waited_for_no_more) {
  ReplicaBench bench;
  bench.save("b.md", "keeps the folder from being empty");
  bench.pass(ReplicaBench::a_while);
  bench.disk.write("a.md", "mixed");
  bench.disk.files["a.md"].changing = true;
  bench.hint({HintKind::closed, "a.md", std::nullopt, false});
  bench.pass(milliseconds{12});
  EXPECT_FALSE(bench.status().pending.empty());
  bench.disk.files.erase("a.md");
  bench.disk.root = RootHealth::missing;  // the look that would have missed it comes to nothing
  bench.pass(milliseconds{500});
  bench.disk.root = RootHealth::healthy;
  bench.pass(seconds{70});
  EXPECT_TRUE(bench.status().pending.empty());
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(replica_engine, an_edit_of_a_known_text_travels_as_a_delta_and_whole_if_the_hub_lost_the_base) {
  ReplicaBench bench;
  std::string body;
  for (int i = 0; i < 400; ++i) body += "line " + std::to_string(i * i) + "\n";
  bench.save("a.md", body);
  bench.pass(ReplicaBench::a_while);
  bench.save("a.md", body + "one more\n");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.deltas, 1U);
  EXPECT_TRUE(bench.agrees());
  bench.hub.forgets_bases = true;
  bench.save("a.md", body + "and another\n");
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(std::holds_alternative<wire::WholeBody>(bench.hub.pushes.back().content));
}

TEST(replica_engine, a_large_file_travels_in_parts_and_goes_on_where_the_line_was_cut) {
  ReplicaBench bench;
  std::string body;
  while (body.size() < 3'000'000) body += std::to_string(body.size() * 7919) + " ";
  bench.save("big.bin", body);
  bench.hold_messages = true;
  bench.pass(milliseconds{10});
  for (int i = 0; i < 3 && !bench.to_hub.empty(); ++i) {
    const auto message = bench.to_hub.front();
    bench.to_hub.pop_front();
    for (const auto& answer : bench.hub.receive(message)) bench.replica->received(answer, bench.now());
    bench.carry_out();
  }
  bench.hold_messages = false;
  bench.cut();
  const auto before = bench.hub.parts_received;
  EXPECT_GT(before, 0U);
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.parts_received, 12U) << "no part is sent twice";
}

TEST(replica_engine, a_renamed_folder_is_one_group_of_moves_without_bytes) {
  ReplicaBench bench;
  bench.save("082-x/README.md", text('a'));
  bench.save("082-x/PLAN.md", text('b'));
  bench.pass(ReplicaBench::a_while);
  const auto documents = bench.hub.heads.size();
  bench.disk.rename("082-x/README.md", "083-x/README.md");
  bench.disk.rename("082-x/PLAN.md", "083-x/PLAN.md");
  bench.hint({HintKind::moved_in, "083-x", "082-x", true});
  bench.pass(milliseconds{100});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.heads.size(), documents);
  ASSERT_EQ(bench.hub.pushes.size(), 4U);
  EXPECT_EQ(bench.hub.pushes[2].group, bench.hub.pushes[3].group);
  EXPECT_TRUE(bench.hub.pushes[2].group);
  EXPECT_EQ(bench.hub.pushes[2].group_size, 2U);
  EXPECT_TRUE(std::holds_alternative<wire::UnchangedBody>(bench.hub.pushes[2].content));
}

// Law 5
TEST(replica_engine, a_shift_of_two_folders_goes_through_as_one) {
  ReplicaBench bench;
  bench.save("082/README.md", text('a'));
  bench.save("083/README.md", text('b'));
  bench.pass(ReplicaBench::a_while);
  bench.disk.rename("083/README.md", "084/README.md");
  bench.disk.rename("082/README.md", "083/README.md");
  bench.replica->hinted({HintKind::moved_in, "084", "083", true}, bench.now());
  bench.replica->hinted({HintKind::moved_in, "083", "082", true}, bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.heads.size(), 2U);
}

TEST(replica_engine, a_move_without_evidence_keeps_the_document_by_its_inode) {
  ReplicaBench bench;
  bench.save("a.md", text('a'));
  bench.pass(ReplicaBench::a_while);
  bench.disk.rename("a.md", "b.md");
  bench.hint({HintKind::closed, "b.md", std::nullopt, false});  // the other half of the event was lost
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.heads.size(), 1U);
}

// FS02
TEST(replica_engine, an_editors_backup_dance_is_one_edit) {
  ReplicaBench bench;
  bench.save("f.md", text('a'));
  bench.pass(ReplicaBench::a_while);
  bench.rename("f.md", "f.md~");
  bench.pass(milliseconds{300});
  bench.save("f.md", text('b'));
  bench.pass(milliseconds{300});
  bench.remove("f.md~");
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.pushes.size(), 2U);
  EXPECT_EQ(bench.hub.heads.size(), 1U);
}

TEST(replica_engine, an_idle_replica_wakes_up_for_pings_only) {
  ReplicaBench bench;
  bench.save("a.md", "text");
  bench.pass(seconds{10});
  bench.wake_ups = 0;
  bench.pass(seconds{60});
  EXPECT_LE(bench.wake_ups, 4U);
}

}  // namespace
}  // namespace leanspec::bridge::engine
