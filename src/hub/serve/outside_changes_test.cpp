#include "hub/serve/outside_changes.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "host/log.h"
#include "store/sqlite/open.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/seeded_entropy.h"

namespace leanspec::hub::serve {
namespace {

class OutsideChangesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "outside-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    auto opened = store::sqlite::open_sqlite(folder, clock, entropy, host::silent_log());
    ASSERT_TRUE(opened) << opened.error().sentence();
    hub = *std::move(opened);
    machine.id = MachineId(entropy.uuid7(clock.now()));
    machine.name = "laptop";
    save(*hub);
    engine::OnlineBridge bridge;
    bridge.session = entropy.uuid7(clock.now());
    bridge.machine = machine.id;
    bridge.machine_name = machine.name;
    session = bridge.session;
    ASSERT_EQ(roster.join(bridge), engine::JoinOutcome::joined);
  }
  void TearDown() override {
    hub.reset();
    std::filesystem::remove_all(folder);
  }

  void save(store::Store& store) {
    const Status done = store.write([&](store::Session& inside) { return inside.machines().save(machine); });
    ASSERT_TRUE(done) << done.error().sentence();
  }
  /// What a command does, in another process as it were.
  void save_beside() {
    auto beside = store::sqlite::open_sqlite_beside(folder, clock, entropy, host::silent_log());
    ASSERT_TRUE(beside) << beside.error().sentence();
    save(**beside);
  }

  fakes::FixedClock clock;
  fakes::SeededEntropy entropy;
  std::filesystem::path folder;
  std::unique_ptr<store::Store> hub;
  store::Machine machine;
  Uuid session;
  access::AccessVersion rights;
  engine::BridgeRoster roster;
};

TEST_F(OutsideChangesTest, what_a_command_committed_beside_the_hub_holds_at_the_next_look) {
  api::ProjectDirectory directory(*hub);
  OutsideChanges outside(*hub, rights, directory, roster);
  outside.look();
  const auto before = rights.now();

  machine.name = "desk";
  save_beside();
  outside.look();
  EXPECT_GT(rights.now(), before);
  EXPECT_EQ(roster.take_orders(session).renamed_to, "desk");

  machine.revoked_at = clock.now();
  save_beside();
  outside.look();
  EXPECT_TRUE(roster.take_orders(session).revoked);
}

TEST_F(OutsideChangesTest, the_hubs_own_commits_are_no_news) {
  api::ProjectDirectory directory(*hub);
  OutsideChanges outside(*hub, rights, directory, roster);
  outside.look();
  const auto before = rights.now();
  save(*hub);
  outside.look();
  EXPECT_EQ(rights.now(), before);
}

}  // namespace
}  // namespace leanspec::hub::serve
