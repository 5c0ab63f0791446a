#include "hub/engine/bridge_notes.h"

#include <gtest/gtest.h>

#include "hub/engine/bridge_session_for_test.h"

namespace leanspec::hub::engine {
namespace {

using namespace std::chrono_literals;

class BridgeNotesTest : public BridgeSessionTest {
 protected:
  Instant machine_seen(std::uint32_t n) {
    Instant seen{};
    look([&](store::Session& session) { seen = (**session.machines().find(MachineId{uuid(0xA0, n)})).last_seen; });
    return seen;
  }
  store::Replica replica(std::uint32_t n) {
    store::Replica found;
    look([&](store::Session& session) { found = **session.machines().find_replica(ReplicaId{uuid(0xE0, n)}); });
    return found;
  }
};

TEST_F(BridgeNotesTest, who_comes_back_as_they_went_is_written_down_with_the_next_tick_only) {
  auto first = welcomed(1);
  ASSERT_TRUE(roster_.notes().write(*store_));
  first->session->on_closed(clock_.now());
  clock_.advance(1min);
  const auto before = machine_seen(1);
  auto again = welcomed(1);
  EXPECT_EQ(machine_seen(1), before);
  ASSERT_TRUE(roster_.notes().write(*store_));
  EXPECT_EQ(machine_seen(1), clock_.now());
  EXPECT_EQ(replica(1).state, "connected");
}

TEST_F(BridgeNotesTest, whose_name_or_place_has_changed_is_durable_before_the_welcome) {
  auto first = welcomed(1);
  auto says = hello(1);
  says.client_version = "2.0";
  says.root_hint = "elsewhere";
  auto again = bridge(says);
  say(*again, says);
  ASSERT_TRUE(again->output.last<wire::Welcome>().has_value());
  look([&](store::Session& session) {
    EXPECT_EQ((**session.machines().find(MachineId{uuid(0xA0, 1)})).client_version, "2.0");
  });
  EXPECT_EQ(replica(1).root_hint, "elsewhere");
}

// Law 14: the age of an edit is bounded by when its bridge was last heard.
TEST_F(BridgeNotesTest, the_last_contact_counts_before_it_is_written_down) {
  auto first = welcomed(1);
  clock_.advance(10min);
  say(*first, wire::Ping{1});
  first->session->on_closed(clock_.now());
  EXPECT_EQ(roster_.notes().last_seen(ReplicaId{uuid(0xE0, 1)}), clock_.now());
  EXPECT_LT(replica(1).last_seen, clock_.now());
  const auto closed_at = clock_.now();
  clock_.advance(1min);
  auto again = welcomed(1);
  say(*again, text_push(doc(1), {}, "a.md", "A"));
  ASSERT_EQ(again->output.submitted.size(), 1U);
  EXPECT_EQ(again->output.submitted[0].origin.last_contact, closed_at);
}

TEST_F(BridgeNotesTest, a_thousand_folders_are_written_in_two_turns_and_what_was_said_meanwhile_waits) {
  BridgeNotes notes;
  store::Replica one;
  one.machine = MachineId{uuid(0xA0, 1)};
  one.project = ProjectId{"project"};
  one.branch = "main";
  auto first = welcomed(1);
  for (std::uint32_t n = 0; n < 2 * BridgeNotes::written_at_once_max; ++n) {
    one.id = ReplicaId{uuid(0xE1, n)};
    notes.take(one);
  }
  ASSERT_TRUE(notes.write(*store_));
  EXPECT_EQ(notes.waiting(), BridgeNotes::written_at_once_max);
  one.state = "live";
  notes.take(one);  // the last of them
  ASSERT_TRUE(notes.write(*store_));
  EXPECT_EQ(notes.waiting(), 0U);
  look([&](store::Session& session) { EXPECT_EQ((**session.machines().find_replica(one.id)).state, "live"); });
}

TEST_F(BridgeNotesTest, what_the_disk_refuses_waits_for_the_next_turn) {
  auto first = welcomed(1);
  store_->on_commit = [] { return fakes::CommitFault::no_space; };
  EXPECT_FALSE(roster_.notes().write(*store_));
  EXPECT_EQ(roster_.notes().waiting(), 1U);
  store_->on_commit = nullptr;
  EXPECT_TRUE(roster_.notes().write(*store_));
  EXPECT_EQ(roster_.notes().waiting(), 0U);
}

}  // namespace
}  // namespace leanspec::hub::engine
