// A bridge or a hub that has lost its memory, or a part of it (laws 7 and 20, G12, N06).
#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::seconds;

// G12, law 7
TEST(replica_engine, a_lost_state_joins_by_path_and_sends_nothing_that_is_equal) {
  ReplicaBench bench;
  bench.save_all(5);
  bench.store = fakes::MemoryStateStore{};
  bench.disk.write("f2.md", "changed while nobody remembered");
  bench.start();
  bench.hub.pushes.clear();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 5U);
  EXPECT_EQ(bench.hub.heads.size(), 5U);
  for (const auto& push : bench.hub.pushes) {
    EXPECT_EQ(push.path, "f2.md");
    EXPECT_TRUE(push.digest);
  }
  EXPECT_EQ(bench.status().held_count, 1U);
  EXPECT_EQ(bench.status().in_sync, 4U);
}

// Law 20, N06
TEST(replica_engine, a_hub_restored_from_an_older_backup_gets_newer_documents_again_and_nothing_is_deleted) {
  ReplicaBench bench;
  bench.save_all(4);
  bench.save("f0.md", "newer");
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  bench.disk.files.erase("f1.md");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  bench.hub.begin_another_life(2);
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.text_at("f2.md"), "text number 2");
  EXPECT_EQ(bench.hub.text_at("f3.md"), "text number 3");
  for (const auto& push : bench.hub.pushes)
    EXPECT_TRUE(push.digest) << "no delete is sent to a hub that lost its memory";
  EXPECT_EQ(bench.hub.text_at("f1.md"), "text number 1");
}

// Law 20
TEST(replica_engine, a_push_whose_answer_was_lost_before_a_restore_goes_through_without_another_save) {
  ReplicaBench bench;
  bench.save_all(1);
  bench.save("f0.md", "second");
  bench.pass(ReplicaBench::a_while);
  bench.lose_answers = true;
  bench.save("f0.md", "third");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.text_at("f0.md"), "third");
  const auto before = bench.hub.pushes.back();
  bench.cut();
  bench.lose_answers = false;
  bench.hub.begin_another_life(1);
  ASSERT_EQ(bench.hub.text_at("f0.md"), "text number 0");
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.text_at("f0.md"), "third");
  EXPECT_EQ(bench.status().held_count, 0U);
  ASSERT_GE(bench.hub.pushes.size(), 2U);
  const auto& again = bench.hub.pushes[bench.hub.pushes.size() - 2];
  EXPECT_EQ(again.change, before.change) << "law 2: first as it was";
  EXPECT_EQ(again.base, before.base);
  EXPECT_EQ(bench.hub.pushes.back().base, bench.hub.feed.front().version);
}

TEST(replica_engine, a_set_aside_edit_is_offered_again_to_a_hub_that_lost_its_memory) {
  ReplicaBench bench;
  bench.save_all(1);
  bench.cut();
  bench.hub.change(bench.hub.heads.begin()->first, "f0.md", "from elsewhere");
  bench.save("f0.md", "from here");
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.status().held_count, 1U);
  bench.cut();
  bench.hub.begin_another_life(bench.hub.feed.size());
  const auto pushes = bench.hub.pushes.size();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.pushes.size(), pushes + 1) << "its side versions may be gone with its memory";
  EXPECT_EQ(bench.hub.pushes.back().digest, digest::sha256("from here"));
  EXPECT_EQ(bench.status().held_count, 1U);
}

TEST(replica_engine, a_full_disk_under_the_state_database_stops_sending_and_nothing_is_lost) {
  ReplicaBench bench;
  bench.save_all(2);
  bench.store.fail_commit = Error{ErrorCode::no_space, "disk full"};
  bench.save("f0.md", "edited while full");
  bench.pass(seconds{5});
  EXPECT_EQ(bench.hub.pushes.size(), 2U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::store_error);
  bench.store.fail_commit.reset();
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

}  // namespace
}  // namespace leanspec::bridge::engine
