#include <gtest/gtest.h>

#include <string>

#include "bridge/engine/ledger.h"
#include "tests/fakes/replica_bench.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;
namespace limits = wire::limits;

std::string name_of(std::size_t number) {
  return std::to_string(100'000 + number) + ".md";
}

TEST(replica_limits, twenty_thousand_files_are_synced_and_one_more_is_listed) {
  ReplicaBench bench{false};
  for (std::size_t i = 0; i < limits::documents_max; ++i) bench.disk.write(name_of(i), "x");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  EXPECT_EQ(bench.replica->state().local.size(), limits::documents_max);
  EXPECT_EQ(bench.status().problem_count, 0U);

  bench.save("one more.md", "x");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.replica->state().local.size(), limits::documents_max);
  EXPECT_EQ(bench.replica->why("one more.md", bench.now()).state, FileState::over_limit);
  EXPECT_EQ(bench.status().problem_count, 1U);

  bench.remove(name_of(0));
  bench.pass(seconds{10});
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.replica->why("one more.md", bench.now()).state, FileState::pending);
  EXPECT_EQ(bench.status().problem_count, 0U);
}

TEST(replica_limits, paths_up_to_1024_bytes_and_sixteen_folders_deep_are_synced) {
  ReplicaBench bench;
  std::string folders;
  for (int i = 0; i < 4; ++i) folders += std::string(250, 'f') + "/";  // 1004 bytes
  const auto longest = folders + std::string(limits::path_bytes_max - folders.size(), 'n');
  std::string deep;
  for (std::size_t i = 0; i < limits::path_depth_max; ++i) deep += "d/";
  bench.save(longest, "at the limit");
  bench.save(longest + "n", "beyond");
  bench.save(deep + "x.md", "at the limit");
  bench.save(deep + "d/x.md", "beyond");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 2U);
  EXPECT_TRUE(bench.hub.text_at(longest));
  EXPECT_TRUE(bench.hub.text_at(deep + "x.md"));
  EXPECT_EQ(bench.replica->why(longest + "n", bench.now()).state, FileState::unsyncable);
  EXPECT_EQ(bench.replica->why(deep + "d/x.md", bench.now()).state, FileState::unsyncable);
}

TEST(replica_limits, a_document_at_the_size_limit_is_synced_and_one_byte_more_is_listed) {
  ReplicaBench bench{false};
  bench.document_bytes_max = 2 * limits::MiB;
  bench.start();
  bench.connect();
  bench.save("a.md", std::string(2 * limits::MiB, 'a'));
  bench.save("b.md", std::string(2 * limits::MiB + 1, 'b'));
  bench.save("c.md", std::string(limits::whole_body_bytes_max, 'c'));
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 2U);
  EXPECT_EQ(bench.hub.parts_received, 8U);  // of a.md alone: c.md travels whole
  EXPECT_EQ(bench.replica->why("b.md", bench.now()).state, FileState::too_large);
  EXPECT_TRUE(bench.replica->quiet());
  bench.save("b.md", "shorter");
  bench.pass(seconds{10});
  EXPECT_TRUE(bench.agrees());
}

/// Files that hub and disk agree on from the start.
void agree_on(ReplicaBench& bench, const std::string& folder, std::size_t files) {
  for (std::size_t i = 0; i < files; ++i) {
    const auto text = "text " + std::to_string(i);
    bench.disk.write(folder + name_of(i), text);
    bench.hub.change(DocumentId{ReplicaBench::id(1'000'000 + i)}, folder + name_of(i), text);
  }
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  ASSERT_TRUE(bench.hub.pushes.empty());
}

TEST(replica_limits, a_group_has_five_thousand_members_and_one_more_goes_alone) {
  ReplicaBench bench{false};
  const std::size_t count = limits::group_changes_max + 1;
  agree_on(bench, "a/", count);
  for (std::size_t i = 0; i < count; ++i) bench.disk.rename("a/" + name_of(i), "b/" + name_of(i));
  bench.hint({HintKind::moved_in, "b", "a", true});
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  ASSERT_EQ(bench.hub.pushes.size(), count);
  EXPECT_EQ(bench.hub.pushes.front().group_size, limits::group_changes_max);
  EXPECT_FALSE(bench.hub.pushes.back().group);
}

TEST(replica_limits, a_chain_of_renames_that_is_too_long_for_one_group_follows_in_a_second) {
  ReplicaBench bench{false};
  const std::size_t count = limits::group_changes_max + 2;
  agree_on(bench, "", count);
  bench.cut();
  for (std::size_t i = count; i-- > 0;) bench.disk.rename(name_of(i), name_of(i + 1));
  for (std::size_t i = count; i-- > 0;)
    bench.replica->hinted({HintKind::moved_in, name_of(i + 1), name_of(i), false}, bench.now());
  bench.pass(ReplicaBench::a_while);
  bench.connect();
  bench.pass(seconds{10});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.pushes.size(), count);
  EXPECT_EQ(bench.hub.pushes.front().group_size, limits::group_changes_max);
  EXPECT_EQ(bench.hub.pushes.back().group_size, 2U);
}

TEST(replica_limits, a_group_carries_sixteen_mebibytes_and_the_rest_goes_alone) {
  ReplicaBench bench;
  const std::size_t count = limits::group_bytes_max / limits::MiB + 1;
  for (std::size_t i = 0; i < count; ++i) bench.disk.write("a/" + name_of(i), "short");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  ASSERT_TRUE(bench.agrees());
  const auto before = bench.hub.pushes.size();
  for (std::size_t i = 0; i < count; ++i) {
    bench.disk.rename("a/" + name_of(i), "b/" + name_of(i));
    bench.disk.write("b/" + name_of(i), std::string(limits::MiB - 1, 'x') + static_cast<char>('a' + i));
  }
  bench.hint({HintKind::moved_in, "b", "a", true});
  bench.pass(seconds{30});
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(bench.replica->quiet());
  std::size_t alone = 0;
  for (std::size_t i = before; i < bench.hub.pushes.size(); ++i) alone += bench.hub.pushes[i].group ? 0U : 1U;
  EXPECT_EQ(bench.hub.pushes.size(), before + count);
  EXPECT_EQ(alone, 1U);
}

TEST(replica_limits, kept_bodies_are_trimmed_from_the_oldest_and_never_those_on_their_way) {
  fakes::MemoryStateStore store;
  Ledger ledger{store, {}};
  const auto digest_of = [](std::uint8_t number) {
    Digest digest;
    digest.bytes[0] = number;
    return digest;
  };
  const auto body = std::make_shared<const std::string>(limits::MiB, 'x');
  PendingChange change;
  change.change = ChangeId{ReplicaBench::id(1)};
  change.document = DocumentId{ReplicaBench::id(2)};
  change.digest = digest_of(0);
  ledger.add_pending(change);
  const auto most = ReplicaEngine::kept_bodies_bytes_max / limits::MiB;
  for (std::uint8_t i = 0; i < most; ++i) ledger.keep_body(digest_of(i), body);
  ASSERT_TRUE(ledger.commit(BootTime{}));
  EXPECT_EQ(store.durable().bodies.size(), most);
  ledger.keep_body(digest_of(200), body);
  ASSERT_TRUE(ledger.commit(BootTime{}));
  EXPECT_EQ(store.durable().bodies.size(), most / 4 * 3);
  EXPECT_TRUE(ledger.has_body(digest_of(0)));
  EXPECT_FALSE(ledger.has_body(digest_of(1)));
  EXPECT_TRUE(ledger.has_body(digest_of(200)));
}

TEST(replica_limits, a_first_sync_looks_reads_and_commits_in_proportion_to_its_files) {
  struct Work {
    std::size_t reads = 0;
    std::size_t scans = 0;
    std::size_t commits = 0;
    std::size_t wake_ups = 0;
    std::size_t pushes = 0;
  };
  const auto work_for = [](std::size_t files) {
    ReplicaBench bench{false};
    for (std::size_t i = 0; i < files; ++i) bench.disk.write(name_of(i), std::string(500, 'x') + std::to_string(i));
    bench.replica->rescan(bench.now());
    bench.carry_out();
    bench.connect();
    bench.pass(seconds{10});
    EXPECT_TRUE(bench.agrees());
    EXPECT_TRUE(bench.replica->quiet());
    return Work{bench.disk.reads, bench.disk.scans, bench.store.commits, bench.wake_ups, bench.hub.pushes.size()};
  };
  const auto small = work_for(1'000);
  const auto large = work_for(4'000);
  EXPECT_EQ(small.pushes, 1'000U);
  EXPECT_EQ(large.pushes, 4'000U);
  EXPECT_LE(large.reads, 3U * 4'000U);  // once to see it, once or twice for its bytes
  EXPECT_LE(large.scans, 5 * small.scans);
  EXPECT_LE(large.commits, 5 * small.commits);
  EXPECT_LE(large.wake_ups, 5 * small.wake_ups + 5);
}

}  // namespace
}  // namespace leanspec::bridge::engine
