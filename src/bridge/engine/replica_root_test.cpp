// The root that is not what it was, and what in it cannot be taken for what it seems (G01, G02).
#include <gtest/gtest.h>

#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::seconds;

// G01
TEST(replica_engine, a_vanished_root_stops_everything_and_its_return_ends_that) {
  ReplicaBench bench;
  bench.save_all(3);
  const auto files = bench.disk.files;
  bench.disk.root = RootHealth::missing;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.status().state, ReplicaStateName::halted);
  EXPECT_EQ(bench.hub.live(), 3U);
  bench.disk.root = RootHealth::healthy;
  bench.pass(seconds{10});
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
  EXPECT_EQ(bench.hub.pushes.size(), 3U);
}

// G02
TEST(replica_engine, an_emptied_root_stops_everything_until_approved) {
  ReplicaBench bench;
  bench.save_all(3);
  bench.disk.files.clear();
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.status().state, ReplicaStateName::halted);
  EXPECT_EQ(bench.hub.live(), 3U);
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 0U);
}

// I5
TEST(replica_engine, a_file_that_cannot_be_read_as_an_emptied_root_is_approved_is_not_deleted_in_the_middle_of_a_save) {
  ReplicaBench bench;
  bench.save_all(3);
  const auto files = bench.disk.files;
  bench.disk.files.clear();
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  ASSERT_EQ(bench.status().state, ReplicaStateName::halted);
  bench.disk.files = files;
  auto& file = bench.disk.files.begin()->second;
  const auto path = bench.disk.files.begin()->first;
  file.unreadable = true;
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  const auto kept = file.text;
  bench.remove(path);  // and it is written anew in a moment
  bench.pass(seconds{1});
  EXPECT_EQ(bench.hub.live(), 3U);
  bench.save(path, kept + "more\n");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 3U);
  EXPECT_EQ(bench.hub.text_at(path), kept + "more\n");
}

// Law 10
TEST(replica_engine, only_the_first_look_of_a_process_asks_for_the_names_on_the_disk_to_be_written_down) {
  ReplicaBench bench;
  std::vector<bool> asked;
  const auto note = [&](const ScanRequest& request, const sync::DiskFiles& known) {
    asked.push_back(request.for_good);
    return bench.disk.scan(request, known);
  };
  bench.save_all(2);
  bench.scan_instead = note;
  bench.start();
  bench.replica->rescan(bench.now());
  bench.carry_out();
  ASSERT_GE(asked.size(), 2U);
  EXPECT_TRUE(asked.front());
  EXPECT_FALSE(asked.back());
}

TEST(replica_engine, another_folder_in_place_of_the_root_is_not_synced) {
  ReplicaBench bench;
  bench.save_all(3);
  const auto files = bench.disk.files;
  bench.disk.files.clear();
  bench.disk.write("alien.md", "not ours");
  bench.disk.root_inode = 77;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.status().state, ReplicaStateName::halted);
  EXPECT_EQ(bench.hub.pushes.size(), 3U);
  bench.disk.files = files;
  bench.disk.root_inode = 2;
  bench.pass(seconds{10});
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
  EXPECT_TRUE(bench.agrees());
  bench.disk.root_inode = 78;  // copied away and back: the same files
  bench.replica->rescan(bench.now());
  bench.carry_out();
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

TEST(replica_engine, another_folder_in_place_of_the_root_is_looked_at_in_steps_whatever_is_saved_there) {
  ReplicaBench bench;
  bench.save_all(3);
  bench.disk.write("f1.md", "not ours");
  bench.disk.root_inode = 77;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  ASSERT_EQ(bench.status().state, ReplicaStateName::halted);
  std::size_t looks = 0;
  bench.before_scan = [&] { ++looks; };
  for (int n = 0; n < 30; ++n) {
    bench.save("f0.md", "saved " + std::to_string(n));
    bench.pass(seconds{2});
  }
  EXPECT_LE(looks, 13U) << "one each root_retry, and none for each save";
  EXPECT_GE(looks, 10U);
}

// FS19, FS22, FS23
TEST(replica_engine, what_cannot_be_read_is_unknown_and_never_absent) {
  ReplicaBench bench;
  bench.save("a/x.md", "one");
  bench.save("a/y.md", "two");
  bench.save("b.md", "three");
  bench.pass(ReplicaBench::a_while);
  bench.disk.unreadable_folders = {"a"};
  bench.disk.files["b.md"].unreadable = true;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.live(), 3U);
  EXPECT_EQ(bench.status().problem_count, 2U);
  EXPECT_EQ(bench.replica->why("b.md", bench.now()).state, FileState::unreadable);
  bench.disk.unreadable_folders.clear();
  bench.disk.files["b.md"].unreadable = false;
  bench.pass(seconds{70});
  EXPECT_EQ(bench.status().problem_count, 0U);
  EXPECT_EQ(bench.hub.pushes.size(), 3U);
}

TEST(replica_engine, too_large_unsyncable_and_linked_files_are_listed_and_the_others_go_on) {
  ReplicaBench bench;
  bench.disk.write("huge.bin", "x");
  bench.disk.size_of["huge.bin"] = 70ULL * 1024 * 1024;
  bench.disk.write("con:a.md", "x");
  bench.disk.write("link.md", "x");
  bench.disk.files["link.md"].kind = sync::FileKind::symlink;
  bench.disk.write("fine.md", "x");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_EQ(bench.status().problem_count, 3U);
  EXPECT_EQ(bench.replica->why("huge.bin", bench.now()).state, FileState::too_large);
  EXPECT_EQ(bench.replica->why("con:a.md", bench.now()).state, FileState::unsyncable);
}

TEST(replica_engine, a_file_that_a_new_rule_keeps_out_is_not_deleted_at_the_hub) {
  ReplicaBench bench;
  bench.save("drafts/a.md", "text");
  bench.pass(ReplicaBench::a_while);
  bench.disk.rules = std::make_shared<sync::IgnoreRules>("drafts/\n");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_EQ(bench.replica->why("drafts/a.md", bench.now()).state, FileState::ignored);
}

TEST(replica_engine, a_scan_that_was_cut_short_concludes_no_absence) {
  ReplicaBench bench;
  bench.save_all(3);
  bench.disk.truncated = true;
  bench.disk.files.erase("f1.md");
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.live(), 3U);
}

}  // namespace
}  // namespace leanspec::bridge::engine
