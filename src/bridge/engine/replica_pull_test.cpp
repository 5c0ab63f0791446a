// A folder that only receives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/two_way_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using fakes::TwoWayBench;

const DocumentId theirs{ReplicaBench::id(77)};

struct PullBench : TwoWayBench {
  PullBench() {
    mode = SyncMode::pull;
    start();
    connect();
  }
};

TEST(replica_pull, what_the_hub_has_comes_here_and_nothing_is_sent) {
  PullBench bench;
  bench.elsewhere(theirs, "a.md", "one");
  EXPECT_EQ(bench.on_disk("a.md"), "one");
  bench.save("own.md", "only here");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_THAT(bench.hub.pushes, testing::IsEmpty());
  EXPECT_EQ(bench.status().state, ReplicaStateName::differs);
  ASSERT_EQ(bench.status().held.size(), 1U);
  EXPECT_EQ(bench.status().held[0].path, "own.md");
}

TEST(replica_pull, what_was_edited_or_deleted_here_is_not_written_over_until_it_is_as_the_hub_had_it) {
  PullBench bench;
  bench.elsewhere(theirs, "a.md", "one");
  bench.save("a.md", "mine");
  bench.pass(ReplicaBench::a_while);
  bench.elsewhere(theirs, "a.md", "two");
  EXPECT_EQ(bench.on_disk("a.md"), "mine");
  EXPECT_THAT(bench.hub.pushes, testing::IsEmpty());
  bench.save("a.md", "one");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.on_disk("a.md"), "two");
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

}  // namespace
}  // namespace leanspec::bridge::engine
