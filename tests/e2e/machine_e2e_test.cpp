#include "tests/e2e/bad_machine.h"
#include "tests/e2e/site.h"

namespace leanspec::e2e {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class MachineBadDays : public Site {
 protected:
  BadMachine of_bridge{scratch / "machine-of-bridge"};
  BadMachine of_hub{scratch / "machine-of-hub"};
  std::vector<std::string> saved;

  /// Both on machines that can go bad, with one file. A static program takes no preloaded library: the tests are skipped.
  void start_on_bad_machines() {
    bridge.start_with(of_bridge.options());
    hub.start_with(of_hub.options());
    save_next("As it was");
    ASSERT_NO_FATAL_FAILURE(start_all());
    if (!of_bridge.works() || !of_hub.works()) GTEST_SKIP() << "a static program takes no preloaded library";
  }

  void save_next(const std::string& what) {
    saved.push_back(spec_text("A", what + ".\n"));
    save("001-a/README.md", saved.back());
  }
  /// Everything that was saved is at the hub, each once, in its order, and nothing is left to do.
  void expect_all_agreed() {
    EXPECT_TRUE(arrives("001-a/README.md")) << shown();
    EXPECT_TRUE(lives()) << shown();
    EXPECT_EQ(texts("001-a/README.md"), saved);
    EXPECT_THAT(hub.held(project), SizeIs(0));
  }
};

TEST_F(MachineBadDays, a_disk_that_turns_read_only_under_the_running_bridge_is_named_and_passes) {
  ASSERT_NO_FATAL_FAILURE(start_on_bad_machines());
  if (IsSkipped()) return;
  of_bridge.make_read_only(bridge.state());
  save_next("Edited while nothing can be written");
  ASSERT_TRUE(wait_until([&] { return state().state == "store-error"; })) << shown();
  EXPECT_THAT(state().words, AllOf(HasSubstr("cannot be written"), HasSubstr("repair the disk")));
  EXPECT_TRUE(bridge.running());
  of_bridge.make_writable();
  expect_all_agreed();
  bridge.kill_now();
  save_next("Edited while nothing ran");
  ASSERT_TRUE(bridge.start());
  expect_all_agreed();
  EXPECT_THAT(shown(), Not(HasSubstr("damaged"))) << "what was written afterwards is whole";
}

TEST_F(MachineBadDays, a_disk_that_turns_read_only_under_the_running_hub_lets_pushes_wait_and_passes) {
  ASSERT_NO_FATAL_FAILURE(start_on_bad_machines());
  if (IsSkipped()) return;
  of_hub.make_read_only(hub.data());
  save_next("Edited while the hub cannot write");
  ASSERT_TRUE(wait_until([&] { return state().pending == 1 && !state().live(); })) << shown();
  EXPECT_TRUE(says("the hub")) << shown();
  EXPECT_TRUE(hub.running());
  of_hub.make_writable();
  expect_all_agreed();
}

TEST_F(MachineBadDays, a_wall_clock_that_jumps_under_the_running_bridge_loses_and_doubles_nothing) {
  ASSERT_NO_FATAL_FAILURE(start_on_bad_machines());
  if (IsSkipped()) return;
  for (const std::chrono::hours offset : {10 * 24h, -400 * 24h, 1h, 0h}) {
    of_bridge.set_clock(offset);
    save_next("The bridge's clock is off by " + std::to_string(offset.count()) + " hours");
    ASSERT_NO_FATAL_FAILURE(expect_all_agreed());
    EXPECT_EQ(bridge.command({"status"}).code, 0) << shown();
  }
  of_bridge.set_clock(-400 * 24h);
  ASSERT_EQ(hub.stop(), 0);
  ASSERT_TRUE(wait_until([&] { return state().state == "offline"; }));
  save_next("Edited offline, with a clock of last year");
  ASSERT_TRUE(wait_until([&] { return state().pending == 1; })) << shown();
  of_bridge.set_clock(0h);
  ASSERT_TRUE(hub.start());
  expect_all_agreed();
}

TEST_F(MachineBadDays, a_wall_clock_that_jumps_under_the_running_hub_loses_and_doubles_nothing) {
  ASSERT_NO_FATAL_FAILURE(start_on_bad_machines());
  if (IsSkipped()) return;
  for (const std::chrono::hours offset : {10 * 24h, -400 * 24h, 1h, 0h}) {
    of_hub.set_clock(offset);
    save_next("The hub's clock is off by " + std::to_string(offset.count()) + " hours");
    ASSERT_NO_FATAL_FAILURE(expect_all_agreed());
  }
}

}  // namespace
}  // namespace leanspec::e2e
