// What is held, and brought back from the hub instead (G02, G03).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/guard_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::GuardBench;
using fakes::ReplicaBench;
using std::chrono::seconds;

// G03
TEST(replica_guard, a_mass_delete_that_is_reverted_brings_every_file_back_and_deletes_nothing) {
  GuardBench bench;
  bench.save_all(30);
  bench.remove_many(0, 15);
  ASSERT_EQ(bench.status().state, ReplicaStateName::guard);
  ASSERT_TRUE(bench.replica->revert(bench.now()));
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.disk.files.size(), 30U);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.deletions(), 0U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
  bench.pass(seconds{120});
  EXPECT_EQ(bench.hub.pushes.size(), 30U) << "and nothing of it is sent";
}

TEST(replica_guard, a_revert_brings_back_what_others_made_of_it_meanwhile) {
  GuardBench bench;
  bench.save_all(30);
  const auto edited = bench.document_at("f3.md");
  const auto renamed = bench.document_at("f4.md");
  bench.remove_many(0, 15);
  bench.elsewhere(edited, "f3.md", "edited elsewhere");
  bench.elsewhere(renamed, "other/f4.md", "text number 4");
  ASSERT_TRUE(bench.replica->revert(bench.now()));
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.disk.files.at("f3.md").text, "edited elsewhere");
  EXPECT_TRUE(bench.disk.files.contains("other/f4.md"));
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.deletions(), 0U);
}

TEST(replica_guard, a_revert_while_offline_brings_the_files_back_when_the_hub_is_there) {
  GuardBench bench;
  bench.save_all(30);
  bench.remove_many(0, 15);
  bench.cut();
  ASSERT_TRUE(bench.replica->revert(bench.now()));
  bench.carry_out();
  bench.pass(seconds{10});
  bench.start();  // killed meanwhile
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.disk.files.size(), 30U);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.deletions(), 0U);
}

// G02
TEST(replica_guard, an_emptied_root_that_is_reverted_is_filled_again_from_the_hub) {
  GuardBench bench;
  bench.save_all(5);
  bench.disk.files.clear();
  bench.look();
  bench.pass(seconds{30});
  ASSERT_EQ(bench.status().state, ReplicaStateName::halted);
  ASSERT_TRUE(bench.status().guard.has_value());
  EXPECT_EQ(bench.status().guard->kind, wire::GuardKind::root_emptied);
  EXPECT_EQ(bench.status().guard->count, 5U);
  ASSERT_TRUE(bench.replica->revert(bench.now()));
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.disk.files.size(), 5U);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.deletions(), 0U);
}

TEST(replica_guard, where_nothing_is_written_a_revert_says_so_and_what_to_do) {
  GuardBench bench(SyncMode::push);
  bench.save_all(30);
  const auto nothing = bench.replica->revert(bench.now());
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::not_found);
  bench.remove_many(0, 15);
  EXPECT_FALSE(bench.hub.guards.back().revertible);
  const auto refused = bench.replica->revert(bench.now());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  EXPECT_THAT(refused.error().sentence(), testing::HasSubstr("put the files back yourself"));
  EXPECT_EQ(bench.status().state, ReplicaStateName::guard) << "it is held still";
  EXPECT_EQ(bench.deletions(), 0U);
}

}  // namespace
}  // namespace leanspec::bridge::engine
