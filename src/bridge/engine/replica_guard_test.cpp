#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "digest/sha256.h"
#include "tests/fakes/guard_bench.h"

// What waits for a person: how it is told, and decided here and at the hub (G03, G04, G09 to G11).

namespace leanspec::bridge::engine {
namespace {

using fakes::GuardBench;
using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(replica_guard, the_hub_is_told_what_is_held_and_when_it_is_over) {
  GuardBench bench;
  bench.save_all(30);
  EXPECT_TRUE(bench.hub.guards.empty()) << "nothing is held, and the hub knows";
  bench.remove_many(0, 25);
  ASSERT_FALSE(bench.hub.guards.empty());
  const auto told = bench.hub.guards.back();
  EXPECT_TRUE(told.guard.has_value());
  EXPECT_EQ(told.kind, wire::GuardKind::mass_delete);
  EXPECT_EQ(told.count, 25U);
  EXPECT_EQ(told.paths.size(), wire::limits::guard_paths_max);
  EXPECT_TRUE(told.approvable);
  EXPECT_TRUE(told.revertible);
  ASSERT_TRUE(bench.status().guard.has_value());
  EXPECT_EQ(bench.status().guard->guard, told.guard);

  const auto before = bench.hub.guards.size();
  bench.cut();
  bench.connect();
  ASSERT_EQ(bench.hub.guards.size(), before + 1) << "a new connection is told";
  EXPECT_EQ(bench.hub.guards.back().guard, told.guard);

  for (int i = 0; i < 25; ++i) bench.disk.write(GuardBench::name(i), "text number " + std::to_string(i));
  bench.look();
  bench.pass(ReplicaBench::a_while);
  EXPECT_FALSE(bench.hub.guards.back().guard.has_value());
  EXPECT_FALSE(bench.status().guard.has_value());
  EXPECT_EQ(bench.deletions(), 0U);
}

TEST(replica_guard, edits_of_others_that_wait_for_a_person_wake_the_bridge_together) {
  GuardBench bench;
  bench.save_all(30);
  bench.remove_many(0, 25);
  ASSERT_EQ(bench.status().state, ReplicaStateName::guard);
  for (int i = 0; i < 25; ++i) {
    bench.elsewhere(bench.document_at(GuardBench::name(i)), GuardBench::name(i), "text of others " + std::to_string(i));
    bench.pass(milliseconds{190});
  }
  ASSERT_EQ(bench.status().state, ReplicaStateName::guard);
  ASSERT_FALSE(bench.disk.files.contains(GuardBench::name(24)));
  const auto wake_ups = bench.wake_ups;
  bench.pass(seconds{60});
  EXPECT_LE(bench.wake_ups - wake_ups, 24U);
}

TEST(replica_guard, texts_that_a_restored_hub_lacks_and_the_guard_holds_are_not_looked_for_again_and_again) {
  GuardBench bench;
  bench.save_all(30);
  bench.remove_many(0, 25);
  ASSERT_EQ(bench.status().state, ReplicaStateName::guard);
  bench.hub.begin_another_life(10);
  bench.cut();
  bench.connect();
  const auto wake_ups = bench.wake_ups;
  bench.pass(seconds{60});
  EXPECT_LT(bench.wake_ups - wake_ups, 40U);

  for (int i = 0; i < 25; ++i) bench.disk.write(GuardBench::name(i), "text number " + std::to_string(i));
  bench.look();
  bench.pass(seconds{60});
  EXPECT_TRUE(bench.agrees()) << "and once the files are back, the hub gets them";
  EXPECT_EQ(bench.deletions(), 0U);
}

TEST(replica_guard, a_persons_decision_at_the_hub_is_carried_out) {
  for (const auto kind : {wire::GuardDecisionKind::approve, wire::GuardDecisionKind::revert}) {
    GuardBench bench;
    bench.save_all(30);
    bench.remove_many(0, 15);
    bench.decide(*bench.hub.guards.back().guard, kind);
    const bool approved = kind == wire::GuardDecisionKind::approve;
    EXPECT_EQ(bench.hub.live(), approved ? 15U : 30U);
    EXPECT_TRUE(bench.agrees());
    EXPECT_EQ(bench.status().state, ReplicaStateName::live);
    EXPECT_FALSE(bench.hub.guards.back().guard.has_value());
  }
}

TEST(replica_guard, a_decision_on_less_than_is_held_now_is_stale_and_the_present_state_is_told) {
  GuardBench bench;
  bench.save_all(40);
  bench.remove_many(0, 15);
  const auto seen = *bench.hub.guards.back().guard;
  bench.remove_many(15, 5);
  const auto present = bench.hub.guards.back();
  ASSERT_TRUE(present.guard.has_value());
  EXPECT_NE(*present.guard, seen);
  EXPECT_EQ(present.count, 20U);
  const auto before = bench.hub.guards.size();
  bench.decide(seen, wire::GuardDecisionKind::approve);
  EXPECT_EQ(bench.hub.live(), 40U);
  ASSERT_EQ(bench.hub.guards.size(), before + 1);
  EXPECT_EQ(bench.hub.guards.back().guard, present.guard);
  EXPECT_EQ(bench.status().state, ReplicaStateName::guard);

  bench.disk.write("f0.md", "text number 0");  // less is no other question
  bench.look();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.guards.back().guard, present.guard);
  EXPECT_EQ(bench.hub.guards.back().count, 19U);
}

// G04, the bridge's part
TEST(replica_guard, approved_deletions_name_the_approval_which_is_told_first_on_each_connection) {
  GuardBench bench;
  bench.save_all(30);
  bench.remove("f29.md");
  bench.pass(seconds{70});
  EXPECT_FALSE(bench.hub.pushes.back().approval.has_value()) << "nobody had to approve it";
  bench.remove_many(0, 15);
  const auto guard = bench.hub.guards.back().guard;
  bench.cut();
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  bench.start();  // what was made offline is planned again, and keeps its approval
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 14U);
  ASSERT_EQ(bench.hub.approvals.size(), 1U);
  EXPECT_EQ(bench.hub.approvals[0].guard, guard);
  EXPECT_EQ(bench.hub.approvals[0].count, 15U);
  std::size_t named = 0;
  for (const auto& push : bench.hub.pushes) named += push.approval == guard && !push.digest ? 1U : 0U;
  EXPECT_EQ(named, 15U);
}

// G04, the bridge's part
TEST(replica_guard, a_deletion_that_the_hub_set_aside_waits_and_comes_back_when_it_is_reverted_there) {
  for (const bool approved : {true, false}) {
    GuardBench bench;
    bench.save_all(3);
    const auto document = bench.document_at("f1.md");
    bench.hub.hold_deletions = "a person has to approve it";
    bench.remove("f1.md");
    bench.pass(seconds{10});
    EXPECT_EQ(bench.hub.live(), 3U);
    EXPECT_EQ(bench.status().state, ReplicaStateName::differs);
    ASSERT_EQ(bench.status().held.size(), 1U);
    EXPECT_EQ(bench.status().held[0].why, "a person has to approve it");
    const auto pushes = bench.hub.pushes.size();
    bench.pass(seconds{300});
    EXPECT_EQ(bench.hub.pushes.size(), pushes) << "it is quiet (law 17)";
    bench.hub.hold_deletions.reset();
    // The hub makes the same text a new version: somebody's word that it is to stay.
    bench.elsewhere(document, "f1.md", approved ? std::nullopt : std::optional<std::string>("text number 1"));
    EXPECT_EQ(bench.disk.files.contains("f1.md"), !approved);
    EXPECT_TRUE(bench.agrees());
    EXPECT_EQ(bench.hub.pushes.size(), pushes);
    EXPECT_EQ(bench.status().state, ReplicaStateName::live);
  }
}

// G10
TEST(replica_guard, a_laptop_that_was_away_for_90_days_deletes_its_clean_copies_and_keeps_its_edited_ones) {
  GuardBench bench;
  bench.save_all(60);
  bench.cut();
  bench.disk.write("f1.md", "edited on the road");
  bench.look();
  bench.pass(std::chrono::hours{24 * 90});
  std::vector<std::pair<DocumentId, std::string>> all;
  for (const auto& [document, version] : bench.hub.heads) all.emplace_back(document, version.path);
  for (const auto& [document, path] : all) {
    if (path != "f59.md") bench.hub.change(document, path, std::nullopt);
  }
  bench.hub.change(DocumentId{ReplicaBench::id(5'000)}, "new.md", "made meanwhile");
  bench.connect();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.disk.files.size(), 3U) << "the edited one, the one that stayed, and the new one";
  EXPECT_EQ(bench.disk.files.at("f1.md").text, "edited on the road");
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("edited on the road"))) << "and at the hub";
  ASSERT_EQ(bench.status().held.size(), 1U);
  EXPECT_EQ(bench.status().held[0].path, "f1.md") << "it is listed";
  EXPECT_EQ(bench.deletions(), 0U) << "and nothing newer was deleted";
}

// G11
TEST(replica_guard, a_folder_that_was_copied_with_its_bridges_state_deletes_nothing_in_its_new_place) {
  GuardBench bench;
  bench.save_all(30);
  bench.cut();
  for (int i = 0; i < 20; ++i) bench.disk.files.erase(GuardBench::name(i));  // a copy of a part
  bench.disk.root_inode = 4711;
  bench.start();
  bench.connect();
  bench.pass(seconds{60});
  EXPECT_EQ(bench.hub.live(), 30U);
  EXPECT_EQ(bench.status().state, ReplicaStateName::halted);
  ASSERT_TRUE(bench.status().guard.has_value());
  EXPECT_EQ(bench.status().guard->kind, wire::GuardKind::root_replaced);
  EXPECT_FALSE(bench.status().guard->revertible);
  bench.decide(*bench.status().guard->guard, wire::GuardDecisionKind::approve);
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 30U) << "what is missing in it was never taken away";
  EXPECT_EQ(bench.disk.files.size(), 30U);
  EXPECT_EQ(bench.deletions(), 0U);
}

// G09
TEST(replica_guard, another_program_that_syncs_the_same_folder_is_noticed_by_its_flapping) {
  GuardBench bench;
  bench.save_all(3);
  const auto document = bench.document_at("f1.md");
  const auto warned = [&] {
    const auto& warnings = bench.status().warnings;
    return std::any_of(warnings.begin(), warnings.end(),
                       [](const std::string& one) { return one.find("something else seems to sync") == 0; });
  };
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(warned()) << "a person may undo what came, " << i << " times";
    bench.elsewhere(document, "f1.md", "newer " + std::to_string(i));
    bench.save("f1.md", "text number 1");
    bench.pass(seconds{5});
  }
  EXPECT_TRUE(warned());
  bench.pass(std::chrono::minutes{11});
  EXPECT_FALSE(warned()) << "it is over";
  EXPECT_TRUE(bench.agrees());
}

}  // namespace
}  // namespace leanspec::bridge::engine
