#include "bridge/run/branch_states.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "digest/sha256.h"
#include "host/durable_file.h"

namespace leanspec::bridge::run {
namespace {

class BranchStatesTest : public testing::Test {
 protected:
  BranchStatesTest() {
    char name[] = "/tmp/leanspec-branches-XXXXXX";
    folder_ = ::mkdtemp(name);
    auto opened = StateFolder::open(folder_ + "/state");
    EXPECT_TRUE(opened) << opened.error().sentence();
    state_.emplace(*std::move(opened));
  }
  ~BranchStatesTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] BranchStates states() const { return {*state_, ReplicaId{Uuid{{1}}}}; }
  static engine::LeftBranch left_main() {
    engine::LeftBranch from;
    engine::ReplicaState& left = from.state;
    left.replica.git_branch = "main";
    left.replica.cursor = Cursor{Epoch{Uuid{{2}}}, Seq{9}};
    left.replica.paused = true;
    const auto digest = digest::sha256("a");
    engine::LocalRow row;
    row.path = "a.md";
    row.file.digest = digest;
    left.local.emplace(DocumentId{Uuid{{3}}}, row);
    left.synced.emplace(DocumentId{Uuid{{3}}}, sync::Node{"a.md", digest, 1, VersionId{Uuid{{4}}}});
    return from;
  }
  static void write(engine::StateStore& store, const engine::ReplicaState& state, bool has_disk) {
    engine::StateUpdate update;
    update.replica = state.replica;
    update.replica->has_disk = has_disk;
    for (const auto& [document, node] : state.synced) update.synced.emplace(document, node);
    ASSERT_TRUE(store.commit(update));
  }

  std::string folder_;
  std::optional<StateFolder> state_;
};

TEST_F(BranchStatesTest, the_state_of_a_folder_that_had_one_branch_belongs_to_that_branch) {
  {
    auto all = states();
    EXPECT_TRUE(all.look().empty());
    auto opened = all.open("main", nullptr, "", Instant());
    ASSERT_TRUE(opened);
    write(*opened->store, left_main().state, true);
  }
  auto again = states();
  const auto known = again.look();
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known[0].facts.git_branch, "main");
  EXPECT_EQ(again.file_of("main"), again.first());
  EXPECT_EQ(again.file_of(""), again.first()) << "also where git is no more";
  EXPECT_NE(again.file_of("topic"), again.first());
  EXPECT_NE(again.file_of("topic"), again.file_of("Topic"));
  auto opened = again.open("main", nullptr, "", Instant());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->store->load()->synced.size(), 1U);
}

TEST_F(BranchStatesTest, a_new_branch_is_begun_from_the_one_that_was_left_and_a_known_one_goes_on) {
  auto all = states();
  (void)all.look();
  auto main = all.open("main", nullptr, "", Instant());
  ASSERT_TRUE(main);
  const auto left = left_main();
  write(*main->store, left.state, true);
  {
    const auto opened = all.open("topic", &left, "c0ffee", Instant());
    ASSERT_TRUE(opened) << opened.error().sentence();
    const auto begun = *opened->store->load();
    ASSERT_TRUE(begun.replica.seed.has_value());
    EXPECT_EQ(*begun.replica.seed, (engine::Seed{"main", Seq{9}, "c0ffee", Epoch{Uuid{{2}}}}));
    EXPECT_TRUE(begun.replica.has_disk);
    EXPECT_TRUE(begun.replica.paused);
    EXPECT_FALSE(begun.replica.cursor.has_value());
    EXPECT_EQ(begun.synced, left.state.synced);
    EXPECT_EQ(begun.local, left.state.local);
    engine::StateUpdate update;
    update.replica = begun.replica;
    update.replica->git_branch = "topic";
    update.replica->seed.reset();
    update.replica->has_disk = false;
    ASSERT_TRUE(opened->store->commit(update));
  }
  const auto again = all.open("topic", &left, "c0ffee", Instant());
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->store->load()->replica.seed.has_value());
  EXPECT_TRUE(again->store->load()->replica.has_disk);
}

TEST_F(BranchStatesTest, a_process_that_ended_while_it_made_a_branchs_state_begins_it_again) {
  auto all = states();
  (void)all.look();
  const auto left = left_main();
  ASSERT_TRUE(all.open("main", nullptr, "", Instant()));
  (void)all.look();
  ASSERT_TRUE(all.open("topic", nullptr, "", Instant())) << "a file with nothing in it";
  const auto begun = all.open("topic", &left, "c0ffee", Instant());
  ASSERT_TRUE(begun);
  EXPECT_TRUE(begun->store->load()->replica.seed.has_value());
  EXPECT_EQ(begun->store->load()->synced, left.state.synced);
}

TEST_F(BranchStatesTest, who_had_the_disk_is_found_again_also_when_the_process_ended_in_between) {
  auto all = states();
  (void)all.look();
  auto main = all.open("main", nullptr, "", Instant());
  ASSERT_TRUE(main);
  const auto left = left_main();
  write(*main->store, left.state, true);
  auto topic = all.open("topic", &left, "", Instant());
  ASSERT_TRUE(topic);
  auto begun = *topic->store->load();
  begun.replica.git_branch = "topic";
  write(*topic->store, begun, true);
  main->store.reset();
  topic->store.reset();
  const auto known = states().look();
  ASSERT_EQ(known.size(), 2U);
  ASSERT_TRUE(BranchStates::left(known, "topic").has_value());
  EXPECT_EQ(BranchStates::left(known, "topic")->facts.git_branch, "main");
  EXPECT_EQ(BranchStates::left(known, "main")->facts.git_branch, "topic");
}

TEST_F(BranchStatesTest, beyond_its_bound_the_states_that_were_not_used_for_longest_go_unless_something_waits_there) {
  auto all = states();
  (void)all.look();
  auto left = left_main();
  const auto make = [&](const std::string& name, bool waits) {
    auto opened = all.open(name, &left, "", Instant());
    ASSERT_TRUE(opened);
    engine::StateUpdate update;
    update.replica = opened->store->load()->replica;
    update.replica->git_branch = name;
    update.replica->has_disk = false;
    if (waits) {
      engine::PendingChange change;
      change.change = ChangeId{Uuid{{7}}};
      change.document = DocumentId{Uuid{{3}}};
      change.path = "a.md";
      update.pending.emplace(change.change, change);
    }
    ASSERT_TRUE(opened->store->commit(update));
  };
  make("main", false);
  make("waits", true);
  for (std::size_t i = 0; i < BranchStates::branches_max + 5; ++i) make("branch " + std::to_string(i), false);
  EXPECT_LE(states().look().size(), BranchStates::branches_max + 1);
  EXPECT_TRUE(host::path_exists(all.file_of("waits")));
  EXPECT_TRUE(host::path_exists(all.first()));
}

}  // namespace
}  // namespace leanspec::bridge::run
