// What stands in the way of what the hub has newer, and what becomes of it (laws 7 to 10).
#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "tests/fakes/two_way_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using fakes::TwoWayBench;
using std::chrono::seconds;

const DocumentId theirs{ReplicaBench::id(77)};

TEST(replica_two_way, a_file_that_cannot_be_read_keeps_its_place_and_is_named_as_the_reason) {
  TwoWayBench bench;
  bench.disk.write("a.md", "mine");
  bench.disk.files["a.md"].unreadable = true;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.elsewhere(theirs, "a.md", "theirs");
  bench.pass(seconds{30});
  EXPECT_EQ(bench.on_disk("a.md"), "mine");
  EXPECT_EQ(bench.applications, 0U) << "there is nothing to try";
  EXPECT_NE(bench.status().incoming.at(0).why.find("cannot be read"), std::string::npos);
  bench.disk.files["a.md"].unreadable = false;
  bench.pass(std::chrono::minutes{2});
  EXPECT_EQ(bench.on_disk("a.md"), "mine") << "the hub set it aside";
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("mine")));
}

TEST(replica_two_way, a_text_that_the_hub_has_lost_is_asked_for_again_and_others_do_not_wait) {
  TwoWayBench bench;
  bench.hub.change(theirs, "lost.md", "lost");
  const auto bodies = bench.hub.bodies;
  bench.hub.bodies.clear();
  bench.tell_head();
  bench.elsewhere(DocumentId{ReplicaBench::id(78)}, "b.md", "there");
  EXPECT_EQ(bench.on_disk("b.md"), "there");
  EXPECT_NE(bench.replica->why("lost.md", bench.now()).sentence.find("the hub does not have its text"),
            std::string::npos);
  bench.hub.bodies = bodies;
  bench.pass(seconds{70});
  EXPECT_EQ(bench.on_disk("lost.md"), "lost");
}

TEST(replica_two_way, a_text_that_came_out_and_that_the_hub_refuses_is_offered_until_it_takes_it) {
  TwoWayBench bench;
  bench.elsewhere(theirs, "a.md", "base");
  bench.hub.reject = "the project is full";
  bench.disk.before_exchange = [&] { bench.disk.write("a.md", "typed"); };
  bench.elsewhere(theirs, "a.md", "new");
  EXPECT_EQ(bench.replica->state().pending.size(), 1U);
  bench.hub.reject.reset();
  bench.pass(seconds{40});
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("typed")));
  EXPECT_TRUE(bench.replica->state().pending.empty());
}

// Law 8
TEST(replica_two_way, a_program_that_has_the_file_open_is_waited_for_five_seconds) {
  TwoWayBench bench;
  bench.elsewhere(theirs, "a.md", "old");
  bench.disk.files["a.md"].writer_open = true;
  bench.elsewhere(theirs, "a.md", "new");
  EXPECT_EQ(bench.on_disk("a.md"), "old");
  EXPECT_NE(bench.replica->why("a.md", bench.now()).sentence.find("open for writing"), std::string::npos);
  bench.pass(seconds{3});
  EXPECT_EQ(bench.on_disk("a.md"), "new");
}

// FS21
TEST(replica_two_way, a_disk_that_refuses_is_tried_again_and_the_reason_is_told) {
  TwoWayBench bench;
  bench.disk.refuses_writes = Error(ErrorCode::no_space, "the disk is full", "a.md");
  bench.elsewhere(theirs, "a.md", "text");
  EXPECT_NE(bench.replica->why("a.md", bench.now()).sentence.find("the disk is full"), std::string::npos);
  const auto tried = bench.applications;
  bench.pass(seconds{120});
  EXPECT_LT(bench.applications, tried + 10) << "less and less often";
  bench.disk.refuses_writes.reset();
  bench.pass(seconds{61});
  EXPECT_EQ(bench.on_disk("a.md"), "text");
}

TEST(replica_two_way, nothing_is_written_while_paused_or_while_deletes_wait_for_a_person) {
  TwoWayBench bench;
  bench.replica->pause(bench.now());
  bench.carry_out();
  bench.elsewhere(theirs, "a.md", "text");
  EXPECT_TRUE(bench.disk.files.empty());
  bench.replica->resume(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.on_disk("a.md"), "text");
}

// I5, law 7
TEST(replica_two_way, another_folder_in_place_of_the_root_deletes_nothing_when_it_is_approved) {
  TwoWayBench bench;
  for (int i = 0; i < 3; ++i) bench.save("f" + std::to_string(i) + ".md", "text " + std::to_string(i));
  bench.pass(ReplicaBench::a_while);
  bench.disk.files.erase("f1.md");
  bench.disk.root_inode = 99;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.status().state, ReplicaStateName::halted);
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 3U);
  EXPECT_EQ(bench.on_disk("f1.md"), "text 1") << "it comes back";
}

/// An old copy of the folder, put in its place; its text is shorter, which has to settle first.
TEST(replica_two_way, another_folder_in_place_of_the_root_undoes_nothing_when_it_is_approved) {
  TwoWayBench bench;
  bench.save("a.md", "first");
  bench.pass(ReplicaBench::a_while);
  bench.save("a.md", "second");
  bench.pass(ReplicaBench::a_while);
  bench.disk.write("a.md", "first");
  bench.disk.write("b.md", "only there");
  bench.disk.root_inode = 99;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  ASSERT_EQ(bench.status().state, ReplicaStateName::halted) << to_string(bench.status().state) << bench.status().detail;
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  for (const auto& push : bench.hub.pushes) {
    if (push.digest == digest::sha256("first")) {
      EXPECT_EQ(push.base, std::nullopt);
    }
  }
  EXPECT_EQ(bench.hub.text_at("b.md"), "only there");
}

// I5
TEST(replica_two_way, after_a_crash_an_equal_text_in_the_way_is_not_taken_for_the_one_that_was_to_come) {
  TwoWayBench bench;
  const std::string same(100, 'x');
  bench.elsewhere(theirs, "a.md", same);
  bench.lose_power_first = true;
  bench.hub.change(theirs, "b.md", same);
  bench.hub.change(DocumentId{ReplicaBench::id(78)}, "a.md", same);
  bench.tell_head();
  ASSERT_EQ(bench.store.durable().intents.size(), 2U) << "one goes, the other comes to its place";
  bench.lose_power_first = false;
  bench.start();
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.on_disk("a.md"), same);
  EXPECT_EQ(bench.on_disk("b.md"), same);
  EXPECT_EQ(bench.hub.live(), 2U);
  EXPECT_TRUE(bench.hub.pushes.empty());
}

// Laws 9 and 10, P02
TEST(replica_two_way, killed_right_after_the_disk_was_written_it_knows_at_the_next_start_what_stands_there) {
  for (const std::optional<std::string>& next : {std::optional<std::string>("new"), std::optional<std::string>()}) {
    TwoWayBench bench;
    bench.elsewhere(theirs, "a.md", "old");
    bench.lose_power = true;
    bench.hub.change(theirs, "a.md", next);
    bench.tell_head();
    EXPECT_EQ(bench.on_disk("a.md"), next.value_or("(none)"));
    EXPECT_FALSE(bench.store.durable().intents.empty());
    EXPECT_NE(bench.store.durable().synced, bench.store.durable().remote);
    bench.lose_power = false;
    bench.start();
    bench.connect();
    bench.pass(ReplicaBench::a_while);
    EXPECT_TRUE(bench.agrees());
    EXPECT_TRUE(bench.hub.pushes.empty());
    EXPECT_TRUE(bench.replica->state().intents.empty());
  }
}

}  // namespace
}  // namespace leanspec::bridge::engine
