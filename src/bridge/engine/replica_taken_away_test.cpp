// What git took away is no deletion, and what it brings of deleted documents makes none anew: law 23.
#include <gtest/gtest.h>

#include <utility>

#include "digest/sha256.h"
#include "tests/fakes/git_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::GitBench;
using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

const DocumentId theirs{ReplicaBench::id(77)};

/// Twenty files that this machine's user saved, and as many that came from others.
struct MineAndTheirs : GitBench {
  static constexpr int each = 20;
  [[nodiscard]] static std::string mine(int n) { return "mine-" + std::to_string(n) + ".md"; }
  [[nodiscard]] static std::string of_others(int n) { return "theirs-" + std::to_string(n) + ".md"; }
  [[nodiscard]] static std::string text_of_others(int n) { return "theirs " + std::to_string(n) + "\n"; }

  MineAndTheirs() : GitBench(SyncMode::two_way) {
    save("stays.md", "stays\n");
    for (int n = 0; n < each; ++n) {
      save(mine(n), "mine " + std::to_string(n) + "\n");
      elsewhere(DocumentId{id(500 + static_cast<std::uint64_t>(n))}, of_others(n), text_of_others(n));
    }
    pass(seconds{60});
  }
  /// They approve what the guard holds, and that is what they deleted themselves.
  void expect_that_a_person_is_asked_about_mine_alone() {
    ASSERT_EQ(status().state, ReplicaStateName::guard);
    replica->approve(now());
    carry_out();
    pass(seconds{30});
    for (int n = 0; n < each; ++n) {
      EXPECT_EQ(hub.text_at(of_others(n)), text_of_others(n));
      EXPECT_EQ(hub.text_at(mine(n)), std::nullopt);
    }
  }
};

TEST(replica_put_back, what_another_replica_wrote_and_git_does_not_know_is_not_deleted_when_it_vanishes) {
  GitBench bench(SyncMode::two_way);
  bench.elsewhere(theirs, "b.md", "theirs\n");
  bench.pass(seconds{60});
  bench.remove("b.md");  // git clean takes no lock and leaves no trace
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("b.md"), "theirs\n");
  EXPECT_EQ(bench.on_disk("b.md"), "theirs\n");
}

TEST(replica_put_back, a_person_who_deletes_deletes) {
  GitBench bench(SyncMode::two_way);
  bench.save("other.md", "stays\n");
  bench.save("mine.md", "mine\n");
  bench.elsewhere(theirs, "tracked.md", "theirs, and git knows it\n");
  bench.pass(seconds{60});
  bench.git_states["tracked.md"] = GitFileState::deleted;
  bench.remove("tracked.md");
  bench.remove("mine.md");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 1U);
}

TEST(replica_put_back, what_git_took_away_while_it_was_at_work_is_no_deletion_and_a_person_may_say_that_it_is) {
  GitBench bench;
  bench.save("mine.md", "mine\n");
  bench.save("mine-too.md", "mine, too\n");
  bench.pass(ReplicaBench::a_while);
  bench.puts("mine.md", std::nullopt);  // git stash --include-untracked
  bench.puts("mine-too.md", std::nullopt);
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 2U);
  EXPECT_EQ(bench.status().incoming_count, 2U);
  bench.puts("mine.md", "mine\n");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.status().incoming_count, 1U);
  EXPECT_EQ(bench.versions_of("mine.md"), 1U);
  ASSERT_TRUE(bench.replica->accept("mine-too.md", bench.now()));
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_put_back, what_git_took_away_while_no_bridge_ran_is_no_deletion) {
  GitBench bench;
  bench.save("mine.md", "mine\n");
  bench.save("other.md", "stays\n");
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  bench.pass(seconds{120});
  bench.replica.reset();
  bench.disk.files.erase("mine.md");  // git stash --include-untracked, a minute ago
  bench.git.index->modified_ns = bench.wall_ns() - std::chrono::nanoseconds(seconds{60}).count();
  bench.start();
  bench.connect();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("mine.md"), "mine\n");
}

TEST(replica_put_back, what_git_took_while_no_bridge_ran_and_could_not_be_looked_for_at_first_is_no_deletion) {
  GitBench bench;
  bench.save("folder/mine.md", "mine\n");
  bench.save("other.md", "stays\n");
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  bench.pass(seconds{120});
  bench.replica.reset();
  bench.disk.files.erase("folder/mine.md");
  bench.git.index->modified_ns = bench.wall_ns() - std::chrono::nanoseconds(seconds{60}).count();
  bench.disk.unreadable_folders = {"folder"};
  bench.start();
  bench.connect();
  bench.pass(seconds{10});
  bench.disk.unreadable_folders.clear();
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("folder/mine.md"), "mine\n");
}

TEST(replica_put_back, what_git_took_while_its_folder_could_not_be_read_is_no_deletion_for_the_next_processes_either) {
  GitBench bench;
  bench.save("folder/mine.md", "mine\n");
  bench.save("other.md", "stays\n");
  bench.pass(seconds{120});
  bench.disk.unreadable_folders = {"folder"};
  bench.puts("folder/mine.md", std::nullopt);
  const auto begin_again = [&bench] {
    bench.cut();
    bench.pass(seconds{30});
    bench.replica.reset();
    bench.start();
    bench.connect();
    bench.pass(seconds{90});
  };
  begin_again();
  bench.disk.unreadable_folders.clear();
  begin_again();
  EXPECT_EQ(bench.hub.text_at("folder/mine.md"), "mine\n");
}

TEST(replica_put_back, what_git_took_without_a_hint_is_no_deletion_where_a_look_for_its_bytes_finds_that_out) {
  GitBench bench;
  bench.save("mine.md", "first\n");
  bench.save("other.md", "stays\n");
  bench.pass(seconds{60});
  bench.lose_answers = true;
  bench.save("mine.md", "second\n");
  bench.pass(seconds{5});
  bench.save("mine.md", "third\n");  // it waits for the answer to the second one
  bench.pass(seconds{5});
  bench.disk.files.erase("mine.md");
  bench.writes_index();
  bench.pass(seconds{20});
  bench.lose_answers = false;
  bench.cut();
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_TRUE(bench.hub.text_at("mine.md"));
}

TEST(replica_put_back, what_git_took_while_its_folder_could_not_be_read_is_no_deletion) {
  GitBench bench;
  bench.save("folder/mine.md", "mine\n");
  bench.save("other.md", "stays\n");
  bench.pass(seconds{120});
  bench.disk.unreadable_folders = {"folder"};
  bench.puts("folder/mine.md", std::nullopt);
  bench.pass(seconds{90});
  bench.disk.unreadable_folders.clear();
  bench.pass(seconds{90});
  EXPECT_EQ(bench.hub.text_at("folder/mine.md"), "mine\n");
}

TEST(replica_put_back, what_others_wrote_stays_theirs_when_a_restored_hub_knows_it_as_another_document) {
  GitBench bench(SyncMode::two_way);
  bench.save("stays.md", "stays\n");
  bench.pass(ReplicaBench::a_while);
  bench.elsewhere(theirs, "b.md", "theirs\n");
  bench.pass(seconds{60});
  bench.cut();
  bench.hub.begin_another_life(1);
  bench.hub.change(DocumentId{ReplicaBench::id(88)}, "b.md", "theirs\n");
  bench.connect();
  bench.pass(seconds{60});
  ASSERT_EQ(bench.hub.live(), 2U);
  ASSERT_TRUE(bench.replica->state().synced.contains(DocumentId{ReplicaBench::id(88)}));
  bench.git_states = {{"b.md", GitFileState::untracked}};
  bench.disk.files.erase("b.md");  // git clean, which takes no lock and writes no index
  bench.hint({HintKind::removed, "b.md", std::nullopt, false});
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("b.md"), "theirs\n");
}

TEST(replica_put_back, a_renamed_file_that_git_took_and_whose_text_a_restored_hub_lacks_is_not_waited_for_without_end) {
  GitBench bench(SyncMode::two_way);
  bench.save("stays.md", "stays\n");
  bench.pass(ReplicaBench::a_while);
  bench.elsewhere(theirs, "b.md", "theirs\n");
  bench.pass(seconds{60});
  ASSERT_TRUE(bench.agrees());
  StateUpdate trimmed;  // of texts that the hub has, as many are kept as there is room for
  trimmed.bodies.emplace(digest::sha256("theirs\n"), nullptr);
  ASSERT_TRUE(bench.store.commit(trimmed));
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  bench.hold_messages = true;
  bench.rename("b.md", "c.md");
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  bench.hold_messages = false;
  ASSERT_EQ(bench.status().pending_count, 1U);
  bench.puts("c.md", std::nullopt);  // git reset --hard HEAD~1
  bench.pass(seconds{10});
  bench.hub.begin_another_life(1);
  bench.hub.bodies.erase(digest::sha256("theirs\n"));
  bench.connect();
  bench.pass(seconds{60});
  EXPECT_TRUE(bench.replica->quiet());
  EXPECT_EQ(bench.status().pending_count, 0U);
  EXPECT_TRUE(bench.agrees());
  for (const auto& push : bench.hub.pushes) EXPECT_TRUE(push.digest) << push.path << " was not deleted by anybody";
}

// Law 7
TEST(replica_put_back, what_went_while_a_look_was_under_way_waits_for_git_before_a_person_is_asked_about_it) {
  MineAndTheirs bench;
  ASSERT_TRUE(bench.agrees());
  // git clean takes its time, and so does a look.
  for (int n = 0; n < bench.each; ++n) bench.remove(bench.mine(n));
  bench.pass(milliseconds{2});
  for (int n = 0; n < bench.each; ++n) bench.remove(bench.of_others(n));
  bool passes = false;
  bench.after_scan = [&] {
    if (std::exchange(passes, true)) return;
    bench.pass(milliseconds{5});
    passes = false;
  };
  bench.pass(seconds{5});
  bench.after_scan = nullptr;
  bench.expect_that_a_person_is_asked_about_mine_alone();
}

// Law 7
TEST(replica_put_back, what_git_may_have_taken_is_not_among_the_deletions_that_a_person_is_asked_about) {
  MineAndTheirs bench;
  ASSERT_TRUE(bench.agrees());
  for (int n = 0; n < bench.each; ++n) {
    bench.disk.files.erase(bench.mine(n));
    bench.disk.files.erase(bench.of_others(n));  // git clean
  }
  bench.replica->rescan(bench.now());
  bench.pass(seconds{5});
  bench.expect_that_a_person_is_asked_about_mine_alone();
}

// Of an emptied folder a person approves everything that is missing at once, also what is not judged yet.
TEST(replica_put_back, what_git_took_while_it_was_on_its_way_is_not_deleted_by_who_approves_an_emptied_folder) {
  GitBench bench(SyncMode::two_way);
  bench.save_all(3);
  bench.pass(seconds{60});
  bench.hold_messages = true;
  bench.save("mine.md", "mine\n");
  bench.pass(ReplicaBench::a_while);
  bench.puts("mine.md", std::nullopt);  // git reset --hard HEAD~1
  bench.git_states["mine.md"] = GitFileState::untracked;
  bench.pass(seconds{5});
  bench.disk.files.clear();
  bench.replica->rescan(bench.now());
  bench.carry_out();
  ASSERT_EQ(bench.status().state, ReplicaStateName::halted);
  bench.replica->approve(bench.now());
  bench.hold_messages = false;
  bench.carry_out();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_EQ(bench.hub.text_at("mine.md"), "mine\n");
  EXPECT_EQ(bench.on_disk("mine.md"), "mine\n");
}

TEST(replica_put_back, what_another_replica_deleted_and_git_puts_back_is_not_made_again) {
  GitBench bench(SyncMode::two_way);
  bench.elsewhere(theirs, "b.md", "theirs\n");
  bench.elsewhere(theirs, "b.md", std::nullopt);
  ASSERT_EQ(bench.on_disk("b.md"), "(none)");
  bench.pass(seconds{10});
  bench.puts("b.md", "theirs\n");  // git checkout .
  bench.pass(seconds{4});
  EXPECT_EQ(bench.hub.live(), 0U);
  bench.pass(seconds{10});
  EXPECT_EQ(bench.on_disk("b.md"), "(none)");
  EXPECT_EQ(bench.hub.live(), 0U);
  EXPECT_TRUE(bench.hub.pushes.empty());
}

}  // namespace
}  // namespace leanspec::bridge::engine
