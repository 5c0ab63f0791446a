// When a file that is gone is a deletion, and when there are so many that a person has to say so (G03, G05).
#include <gtest/gtest.h>

#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Law 5, G05
TEST(replica_engine, a_delete_is_sent_when_it_was_seen_twice_two_seconds_apart) {
  ReplicaBench bench;
  bench.save_all(3);
  bench.remove("f1.md");
  bench.pass(milliseconds{1'900});
  EXPECT_EQ(bench.hub.live(), 3U);
  bench.pass(milliseconds{200});
  EXPECT_EQ(bench.hub.live(), 2U);
  bench.pass(seconds{60});
  bench.remove("f2.md");
  bench.pass(seconds{1});
  bench.save("f2.md", "text number 2");
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees()) << "it came back in time";
}

// G05: nobody looked while it was there, but somebody was heard to write it.
TEST(replica_engine, a_file_that_was_there_again_for_a_moment_is_deleted_two_seconds_after_that) {
  ReplicaBench bench;
  bench.save_all(3);
  bench.remove("f1.md");
  bench.pass(milliseconds{1'500});
  bench.disk.write("f1.md", "text number 1");
  bench.hint({HintKind::closed, "f1.md", std::nullopt, false});
  bench.remove("f1.md");
  bench.pass(milliseconds{1'900});
  EXPECT_EQ(bench.hub.live(), 3U);
  bench.pass(seconds{1});
  EXPECT_EQ(bench.hub.live(), 2U);
}

// G03
TEST(replica_engine, a_mass_delete_is_held_until_it_is_approved) {
  ReplicaBench bench;
  bench.save_all(30);
  for (int i = 0; i < 15; ++i) bench.disk.files.erase("f" + std::to_string(i) + ".md");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.live(), 30U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::guard);
  EXPECT_EQ(bench.status().held_count, 15U);
  EXPECT_EQ(bench.replica->why("f3.md", bench.now()).state, FileState::guarded);
  bench.save("f20.md", "still edited");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.text_at("f20.md"), "still edited");
  bench.start();  // a restart does not approve
  bench.connect();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.live(), 30U);
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

// G03
TEST(replica_engine, deletes_before_a_restart_count_in_the_same_minute_after_it) {
  ReplicaBench bench;
  bench.save_all(30);
  const auto remove_five = [&bench](int first) {
    for (int i = first; i < first + 5; ++i) bench.remove("f" + std::to_string(i) + ".md");
    bench.pass(seconds{10});
  };
  remove_five(0);
  remove_five(5);
  EXPECT_EQ(bench.hub.live(), 20U);
  bench.start();
  bench.connect();
  remove_five(10);
  EXPECT_EQ(bench.hub.live(), 20U) << "fifteen in a minute are more than ten";
  EXPECT_EQ(bench.status().state, ReplicaStateName::guard);
}

// G03, N12
TEST(replica_engine, deletes_before_a_reboot_count_whatever_the_wall_clock_says_after_it) {
  ReplicaBench bench;
  bench.save_all(30);
  for (int i = 0; i < 10; ++i) bench.remove("f" + std::to_string(i) + ".md");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 20U);
  bench.reboot(std::chrono::hours{24});
  bench.connect();
  for (int i = 10; i < 15; ++i) bench.remove("f" + std::to_string(i) + ".md");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 20U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::guard);
}

TEST(replica_engine, a_minute_after_them_deletes_before_a_restart_count_no_more) {
  ReplicaBench bench;
  bench.save_all(30);
  for (int i = 0; i < 10; ++i) bench.remove("f" + std::to_string(i) + ".md");
  bench.pass(seconds{70});
  bench.start();
  bench.connect();
  for (int i = 10; i < 15; ++i) bench.remove("f" + std::to_string(i) + ".md");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 15U);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_engine, files_that_go_one_after_the_other_come_to_a_judgement) {
  ReplicaBench bench;
  bench.save_all(40);
  for (int i = 0; i < 30; ++i) {
    bench.remove("f" + std::to_string(i) + ".md");
    bench.pass(milliseconds{100});
  }
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 40U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::guard);
  EXPECT_EQ(bench.status().held_count, 30U);
  EXPECT_TRUE(bench.replica->quiet());
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_TRUE(bench.agrees());
}

}  // namespace
}  // namespace leanspec::bridge::engine
