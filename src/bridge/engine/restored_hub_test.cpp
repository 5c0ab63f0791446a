// Law 20: which version of a restored hub is the base of what was agreed on with the one before it.
#include <gtest/gtest.h>

#include "bridge/engine/catch_up.h"
#include "digest/sha256.h"
#include "sync/reconcile.h"
#include "tests/fakes/memory_state_store.h"
#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

/// Made in this millisecond.
Uuid made_at(std::uint8_t millisecond) {
  Uuid uuid = fakes::ReplicaBench::id(millisecond);
  uuid.bytes[5] = millisecond;
  return uuid;
}

const DocumentId document{fakes::ReplicaBench::id(1)};
const Epoch former_life{made_at(1)};
const Epoch new_life{made_at(50)};

sync::Node node(std::uint8_t millisecond, const std::string& text, const std::string& path = "a.md") {
  return sync::Node{path, digest::sha256(text), text.size(), VersionId{made_at(millisecond)}};
}

struct RestoredHub : testing::Test {
  /// Had read the former hub up to `cursor`, which had `told` as the head, and had agreed on `synced`; `local` is here.
  void know(std::uint64_t cursor, const sync::Node& told, const sync::Node& synced, const std::string& local) {
    ReplicaRow row = ledger.state().replica;
    row.cursor = Cursor{former_life, Seq{cursor}};
    ledger.set_replica(std::move(row));
    ledger.set_remote(document, told);
    ledger.set_synced(document, synced);
    LocalRow here;
    here.path = "a.md";
    here.file.digest = digest::sha256(local);
    ledger.set_local(document, here);
  }
  /// The restored hub has `head` at `seq`; what follows from that.
  sync::Plan join(const sync::Node& head, std::uint64_t seq) {
    wire::Welcome welcome;
    welcome.epoch = new_life;
    welcome.head = Seq{seq + 1};
    EXPECT_TRUE(catch_up.welcome(welcome).pull);
    wire::Changes page;
    page.epoch = new_life;
    page.entries.resize(1);
    page.entries[0].seq = Seq{seq};
    page.entries[0].document = document;
    page.entries[0].version = *head.version;
    page.entries[0].path = head.path;
    page.entries[0].digest = head.digest;
    page.entries[0].size = head.size;
    page.through = page.head = welcome.head;
    EXPECT_TRUE(catch_up.page(page).complete);
    const auto* row = ledger.local(document);
    const sync::Node local{row->path, row->file.digest, 0, std::nullopt};
    sync::Plan plan;
    sync::reconcile_document(document, &local, ledger.synced(document), ledger.remote(document), nullptr, plan);
    return plan;
  }
  static std::optional<VersionId> base_of(const sync::Plan& plan) {
    return plan.push.size() == 1 ? plan.push.front().base : std::nullopt;
  }

  fakes::MemoryStateStore store;
  Ledger ledger{store, ReplicaState{}};
  CatchUp catch_up{ledger};
};

TEST_F(RestoredHub, what_was_agreed_on_after_the_backup_goes_on_from_the_backups_head) {
  know(9, node(30, "after"), node(30, "after"), "after");
  EXPECT_EQ(base_of(join(node(20, "backup"), 5)), VersionId{made_at(20)});
}

TEST_F(RestoredHub, so_does_what_was_edited_since_and_what_was_renamed) {
  know(9, node(30, "after"), node(30, "after"), "edited");
  EXPECT_EQ(base_of(join(node(20, "backup", "old.md"), 5)), VersionId{made_at(20)});
}

TEST_F(RestoredHub, a_text_that_others_edits_were_still_to_come_to_does_not_claim_them) {
  know(9, node(31, "merged"), node(30, "pushed"), "pushed");
  EXPECT_EQ(base_of(join(node(20, "backup"), 5)), VersionId{made_at(30)}) << "which the hub does not know";
}

TEST_F(RestoredHub, what_came_after_the_restore_is_not_what_we_went_on_from) {
  know(9, node(30, "after"), node(30, "after"), "after");
  EXPECT_EQ(base_of(join(node(51, "new life"), 5)), VersionId{made_at(30)});
}

TEST_F(RestoredHub, nor_what_came_between_two_restores) {
  know(9, node(30, "after"), node(30, "after"), "after");
  EXPECT_EQ(base_of(join(node(40, "second life"), 5)), VersionId{made_at(30)});
}

TEST_F(RestoredHub, nor_what_we_had_never_read) {
  know(9, node(30, "after"), node(30, "after"), "after");
  EXPECT_EQ(base_of(join(node(20, "backup"), 10)), VersionId{made_at(30)});
}

TEST_F(RestoredHub, which_version_it_was_is_remembered_until_something_is_agreed_on_again) {
  const auto was = node(30, "after");
  know(9, was, was, "edited");
  (void)join(node(20, "backup"), 5);
  ASSERT_NE(ledger.former(document), nullptr);
  EXPECT_EQ(*ledger.former(document), (FormerState{former_life, was}));
  ledger.set_synced(document, node(52, "edited"));
  EXPECT_EQ(ledger.former(document), nullptr);
}

TEST_F(RestoredHub, a_second_restore_does_not_change_what_a_text_was) {
  const auto was = node(30, "after");
  know(9, was, was, "after");
  (void)join(node(51, "new life"), 5);
  ReplicaRow row = ledger.state().replica;
  row.cursor = Cursor{Epoch{made_at(49)}, Seq{7}};
  ledger.set_replica(std::move(row));
  catch_up.disconnected();
  (void)join(node(20, "backup"), 5);
  ASSERT_NE(ledger.former(document), nullptr);
  EXPECT_EQ(*ledger.former(document), (FormerState{former_life, was}));
}

TEST_F(RestoredHub, a_text_that_the_hub_merged_names_no_version_though_nothing_newer_was_heard_of) {
  const auto side = node(30, "pushed");
  know(9, side, side, "pushed");
  ledger.set_former(document, {Epoch{}, sync::Node{side.path, side.digest, side.size, std::nullopt}});
  (void)join(node(20, "backup"), 5);
  ASSERT_NE(ledger.former(document), nullptr);
  EXPECT_EQ(ledger.former(document)->node.version, std::nullopt);
}

TEST_F(RestoredHub, a_text_that_the_hub_merged_claims_no_edits_of_others_though_nothing_newer_was_heard_of) {
  const auto side = node(30, "pushed");
  know(9, side, side, "edited");
  ledger.set_former(document, {Epoch{}, sync::Node{side.path, side.digest, side.size, std::nullopt}});
  EXPECT_EQ(base_of(join(node(20, "backup, which others wrote"), 5)), VersionId{made_at(30)})
      << "which the hub does not know";
}

TEST_F(RestoredHub, a_text_that_was_never_the_head_names_no_version_that_others_went_on_from) {
  know(9, node(31, "merged"), node(30, "pushed"), "pushed");
  (void)join(node(20, "backup"), 5);
  EXPECT_EQ(ledger.former(document), nullptr);
}

TEST_F(RestoredHub, the_same_text_offered_again_by_another_machine_is_as_good_a_base) {
  know(9, node(30, "after"), node(30, "after"), "edited");
  EXPECT_EQ(base_of(join(node(51, "after"), 12)), VersionId{made_at(51)});
}

}  // namespace
}  // namespace leanspec::bridge::engine
