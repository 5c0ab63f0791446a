#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "bridge/engine/editing.h"
#include "digest/sha256.h"
#include "tests/fakes/replica_bench.h"

// What waits for a person: how it is told, decided here and at the hub, and brought back (G01 to G03, G10, G11).

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

struct GuardBench : ReplicaBench {
  explicit GuardBench(SyncMode with = SyncMode::two_way) : ReplicaBench(false) {
    mode = with;
    start();
    connect();
  }
  static std::string name(int n) { return "f" + std::to_string(n) + ".md"; }
  void look() {
    replica->rescan(now());
    carry_out();
  }
  /// What is saved now is dated now.
  void save_now(const std::string& path, std::string text) {
    disk.clock_ns = std::chrono::nanoseconds(now().wall.time_since_epoch()).count();
    save(path, std::move(text));
  }
  void save_all(int count) {
    for (int i = 0; i < count; ++i) disk.write(name(i), "text number " + std::to_string(i));
    look();
    pass(a_while);
  }
  void remove_many(int first, int count) {
    for (int i = first; i < first + count; ++i) disk.files.erase(name(i));
    look();
    pass(seconds{30});
  }
  void decide(const GuardId& guard, wire::GuardDecisionKind kind) {
    wire::GuardDecision decision;
    decision.guard = guard;
    decision.decision = kind;
    decision.by = "user:ada";
    replica->received(decision, now());
    carry_out();
    pass(a_while);
  }
  void elsewhere(const DocumentId& document, const std::string& path, std::optional<std::string> text) {
    hub.change(document, path, std::move(text));
    tell_head();
    pass(a_while);
  }
  DocumentId document_at(const std::string& path) {
    for (const auto& [document, version] : hub.heads) {
      if (version.path == path && version.digest) return document;
    }
    return {};
  }
  std::size_t deletions() const {
    return static_cast<std::size_t>(
        std::count_if(hub.pushes.begin(), hub.pushes.end(), [](const auto& push) { return !push.digest; }));
  }
};

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

// ---- presence

TEST(replica_presence, an_edit_is_told_at_once_renewed_and_over_after_two_minutes) {
  GuardBench bench;
  bench.save_all(3);
  bench.pass(seconds{150});
  const auto document = bench.document_at("f1.md");
  const auto quiet = bench.hub.editing.size();
  bench.save_now("f1.md", "edited by a person");
  bench.pass(milliseconds{500});
  ASSERT_EQ(bench.hub.editing.size(), quiet + 1);
  EXPECT_THAT(bench.hub.editing.back().documents, ElementsAre(document));
  bench.pass(seconds{40});
  EXPECT_GE(bench.hub.editing.size(), quiet + 3) << "said again before it lapses";
  bench.cut();
  bench.connect();
  EXPECT_THAT(bench.hub.editing.back().documents, ElementsAre(document)) << "and on each connection";
  bench.pass(seconds{120});
  EXPECT_TRUE(bench.hub.editing.back().documents.empty());
  const auto over = bench.hub.editing.size();
  bench.pass(seconds{300});
  EXPECT_EQ(bench.hub.editing.size(), over) << "nobody edits, and nothing is said";
}

TEST(replica_presence, an_editors_own_file_beside_a_document_says_that_it_is_open) {
  const std::pair<const char*, const char*> files[] = {
      {"a/.f.md.swp", "a/f.md"}, {"a/.#f.md", "a/f.md"}, {"a/.~lock.f.md#", "a/f.md"}, {"a/.f.md.kate-swp", "a/f.md"}};
  for (const auto& [lock, file] : files) {
    EXPECT_EQ(edited_beside(lock), file);
    GuardBench bench;
    bench.save(file, "text");
    bench.pass(seconds{150});
    bench.hint({HintKind::modified, lock, std::nullopt, false});
    ASSERT_FALSE(bench.hub.editing.empty());
    EXPECT_THAT(bench.hub.editing.back().documents, ElementsAre(bench.document_at(file))) << lock;
    bench.pass(seconds{600});
    EXPECT_THAT(bench.hub.editing.back().documents, ElementsAre(bench.document_at(file))) << "open, however long";
    bench.hint({HintKind::removed, lock, std::nullopt, false});
    EXPECT_TRUE(bench.hub.editing.back().documents.empty()) << lock;
  }
  for (const char* other : {"a/f.md", "a/.hidden", "a/f.md~", ".#", "a/.swp", ".~lock.#"})
    EXPECT_EQ(edited_beside(other), std::nullopt) << other;
}

TEST(replica_presence, what_others_edit_is_shown_in_the_status_until_it_is_over) {
  GuardBench bench;
  bench.save_all(2);
  wire::Editors editors;
  editors.editors = {{bench.document_at("f1.md"), "desk"}, {DocumentId{ReplicaBench::id(9'999)}, "nobody knows what"}};
  bench.replica->received(editors, bench.now());
  ASSERT_EQ(bench.status().editing.size(), 1U);
  EXPECT_EQ(bench.status().editing[0].path, "f1.md");
  EXPECT_EQ(bench.status().editing[0].why, "desk");
  bench.cut();
  EXPECT_TRUE(bench.status().editing.empty());
}

TEST(replica_presence, of_many_changed_documents_the_last_are_named) {
  GuardBench bench;
  bench.save_all(100);
  for (int i = 0; i < 100; ++i) {
    bench.save_now(GuardBench::name(i), "edited " + std::to_string(i));
    bench.pass(milliseconds{20});
  }
  bench.pass(seconds{2});
  ASSERT_EQ(bench.hub.editing.back().documents.size(), wire::limits::editing_documents_max);
  EXPECT_THAT(bench.hub.editing.back().documents, testing::Contains(bench.document_at("f99.md")));
}

}  // namespace
}  // namespace leanspec::bridge::engine
