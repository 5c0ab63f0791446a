#include "hub/engine/bridge_session.h"

#include "hub/engine/bridge_session_for_test.h"

namespace leanspec::hub::engine {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace limits = wire::limits;

/// Who has the pong has heard of all that was committed before the ping: nobody else told this session of the push.
TEST_F(BridgeSessionTest, a_pong_comes_after_every_head_that_was_there_at_the_ping) {
  auto b = welcomed(1);
  accepted(there_, text_push(doc(1), {}, "a.md", "# A"));
  say(*b, wire::Ping{7});
  ASSERT_GE(b->output.sent.size(), 2U);
  const auto last = b->output.sent.size() - 1;
  EXPECT_EQ(std::get<wire::Pong>(b->output.sent[last]), wire::Pong{7});
  EXPECT_EQ(std::get<wire::Head>(b->output.sent[last - 1]), wire::Head{Seq{1}});
}

TEST_F(BridgeSessionTest, a_hello_is_welcomed_and_a_push_comes_back_in_the_feed) {
  auto b = welcomed(1);
  EXPECT_EQ(b->session->branch(), branch_);
  EXPECT_TRUE(roster_.is_online(MachineId{uuid(0xA0, 1)}));
  const auto push = text_push(doc(1), {}, "a.md", "# A");
  say(*b, push);
  ASSERT_EQ(b->output.submitted.size(), 1U);
  run_sequencer(*b);
  const auto result = b->output.last<wire::PushResult>();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->outcome, wire::PushOutcome::accepted);
  EXPECT_EQ(b->output.last<wire::Head>(), wire::Head{Seq{1}});
  say(*b, wire::Pull{Seq{}});
  const auto page = b->output.last<wire::Changes>();
  ASSERT_TRUE(page.has_value());
  ASSERT_EQ(page->entries.size(), 1U);
  EXPECT_EQ(page->entries[0].change, push.change);
  EXPECT_EQ(page->entries[0].body, "# A");
  EXPECT_EQ(page->through, Seq{1});
  EXPECT_EQ(page->head, Seq{1});
}

TEST_F(BridgeSessionTest, a_revoked_machine_is_closed_within_two_seconds_and_stays_out) {
  auto b = welcomed(1);
  const MachineId machine{uuid(0xA0, 1)};
  ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(auto record, session.machines().find(machine));
    record->revoked_at = clock_.now();
    return session.machines().save(*record);
  }));
  roster_.revoke(machine);
  say(*b, text_push(doc(1), {}, "a.md", "too late"));
  EXPECT_TRUE(b->output.submitted.empty()) << "not even one write in between";
  EXPECT_EQ(b->output.code, CloseCode::forbidden);
  EXPECT_EQ(b->output.last<wire::Refused>()->reason, wire::RefusedReason::machine_revoked);
  EXPECT_FALSE(roster_.is_online(machine));
  auto again = bridge(hello(1));
  say(*again, again->hello);
  EXPECT_EQ(again->output.code, CloseCode::forbidden);
}

TEST_F(BridgeSessionTest, a_revocation_by_another_process_is_noticed_within_half_a_minute) {
  auto b = welcomed(1);
  ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(auto record, session.machines().find(MachineId{uuid(0xA0, 1)}));
    record->revoked_at = clock_.now();
    return session.machines().save(*record);
  }));
  pass(*b, 31s);
  EXPECT_EQ(b->output.code, CloseCode::forbidden);
}

TEST_F(BridgeSessionTest, lost_rights_close_at_the_next_tick) {
  auto b = welcomed(1);
  b->rights.connect = Error(ErrorCode::unauthenticated, "this key was revoked");
  pass(*b, 1s);
  EXPECT_EQ(b->output.code, std::nullopt) << "rights are loaded when their version moves";
  ++b->rights.version_;
  pass(*b, 1s);
  EXPECT_EQ(b->output.code, CloseCode::unauthenticated);
}

TEST_F(BridgeSessionTest, who_may_only_read_gets_its_pushes_back_and_the_feed) {
  auto b = bridge(hello(1));
  b->rights.push = Error(ErrorCode::forbidden, "viewer");
  say(*b, b->hello);
  EXPECT_THAT(b->output.last<wire::Welcome>()->warning, HasSubstr("read"));
  say(*b, text_push(doc(1), {}, "a.md", "A"));
  EXPECT_EQ(b->output.last<wire::PushResult>()->outcome, wire::PushOutcome::rejected);
  EXPECT_TRUE(b->output.submitted.empty());
  say(*b, wire::Pull{Seq{}});
  EXPECT_TRUE(b->output.last<wire::Changes>().has_value());
}

TEST_F(BridgeSessionTest, silence_is_pinged_then_closed_and_a_jump_of_the_clock_is_no_silence) {
  auto b = welcomed(1);
  pass(*b, 19s);
  EXPECT_EQ(b->output.count<wire::Ping>(), 0U);
  pass(*b, 2s);
  EXPECT_EQ(b->output.count<wire::Ping>(), 1U);
  clock_.set_wall(clock_.now() + 10h);
  pass(*b, 1s);
  EXPECT_EQ(b->output.code, std::nullopt);
  clock_.set_wall(clock_.now() - 20h);
  pass(*b, 1s);
  EXPECT_EQ(b->output.code, std::nullopt);
  pass(*b, 46s);
  EXPECT_EQ(b->output.code, CloseCode::silent);
}

TEST_F(BridgeSessionTest, a_hello_is_awaited_for_ten_seconds) {
  auto b = bridge(hello(1));
  pass(*b, 9s);
  EXPECT_EQ(b->output.code, std::nullopt);
  pass(*b, 1s);
  EXPECT_EQ(b->output.code, CloseCode::silent);
}

TEST_F(BridgeSessionTest, a_slow_reader_gets_one_coalesced_head_and_its_page_when_there_is_room) {
  auto b = welcomed(1);
  b->output.queued = limits::send_queue_bytes_max + 1;
  for (std::uint32_t i = 1; i <= 50; ++i) {
    accepted(there_, text_push(doc(i), {}, std::to_string(i) + ".md", "x"));
    b->session->on_head(Seq{i}, clock_.now());
  }
  say(*b, wire::Pull{Seq{}});
  EXPECT_EQ(b->output.count<wire::Head>(), 0U);
  EXPECT_EQ(b->output.count<wire::Changes>(), 0U);
  b->output.queued = 0;
  b->session->on_drained(clock_.now());
  EXPECT_EQ(b->output.count<wire::Changes>(), 1U);
  EXPECT_EQ(b->output.last<wire::Changes>()->entries.size(), 50U);
  EXPECT_EQ(b->output.count<wire::Head>(), 0U) << "the page said where the head is";
}

TEST_F(BridgeSessionTest, pages_leave_out_what_was_superseded_and_cover_everything) {
  std::optional<VersionId> base;
  for (int i = 0; i < 30; ++i)
    base = accepted(there_, text_push(doc(1), base, "a.md", "text " + std::to_string(i))).head_version;
  std::vector<wire::Push> many;
  for (std::uint32_t i = 0; i < 600; ++i)
    many.push_back(text_push(doc(100 + i), {}, "n/" + std::to_string(i) + ".md", "x"));
  commit_group(there_, many);
  auto b = welcomed(1);
  Seq at;
  std::size_t entries = 0;
  Digest rolling;
  for (int page = 0; page < 10 && at < Seq{630}; ++page) {
    say(*b, wire::Pull{at});
    const auto changes = b->output.last<wire::Changes>();
    EXPECT_EQ(changes->digest_before, rolling);
    EXPECT_LE(changes->entries.size(), limits::page_entries_max);
    entries += changes->entries.size();
    at = changes->through;
    rolling = changes->digest_through;
  }
  EXPECT_EQ(at, Seq{630});
  EXPECT_EQ(entries, 601U);
}

TEST_F(BridgeSessionTest, a_position_beyond_the_head_starts_again) {
  auto b = welcomed(1);
  say(*b, wire::Pull{Seq{5}});
  EXPECT_EQ(b->output.code, CloseCode::start_again);
}

TEST_F(BridgeSessionTest, a_group_is_submitted_when_its_last_member_has_come) {
  auto b = welcomed(1);
  const GroupId group{uuid(0x60, 1)};
  for (std::uint32_t i = 1; i <= 40; ++i) {
    auto push = text_push(doc(i), {}, "d/" + std::to_string(i) + ".md", "x");
    push.group = group;
    push.group_size = 40;
    EXPECT_TRUE(b->output.submitted.empty());
    say(*b, push);
  }
  ASSERT_EQ(b->output.submitted.size(), 1U);
  EXPECT_EQ(b->output.submitted[0].members.size(), 40U);
  run_sequencer(*b);
  EXPECT_EQ(b->output.count<wire::PushResult>(), 40U);
}

TEST_F(BridgeSessionTest, acknowledgements_and_reports_are_kept_for_the_machines_page) {
  accepted(there_, text_push(doc(1), {}, "a.md", "A"));
  auto b = welcomed(1);
  say(*b, wire::Ack{Seq{1}});
  wire::Report report;
  report.documents = 3;
  report.state = "live";
  say(*b, report);
  ASSERT_EQ(roster_.online().size(), 1U);
  EXPECT_EQ(roster_.online()[0].acknowledged, Seq{1});
  EXPECT_EQ(roster_.online()[0].report.documents, 3U);
  pass(*b, 1s);  // that it came
  const auto writes = store_->commits;
  pass(*b, 3s);
  EXPECT_EQ(store_->commits, writes) << "not at every message";
  pass(*b, 2s);
  look([&](store::Session& session) {
    const auto replica = **session.machines().find_replica(ReplicaId{uuid(0xE0, 1)});
    EXPECT_EQ(replica.acknowledged, Seq{1});
    EXPECT_EQ(replica.documents, 3U);
  });
  b->session->on_closed(clock_.now());
  EXPECT_FALSE(roster_.is_online(MachineId{uuid(0xA0, 1)}));
}

TEST_F(BridgeSessionTest, a_drain_answers_what_is_in_flight_and_says_when_to_come_back) {
  auto b = welcomed(1);
  say(*b, text_push(doc(1), {}, "a.md", "A"));
  b->session->drain(2s, "the hub is updated", clock_.now());
  EXPECT_EQ(b->output.last<wire::GoAway>()->retry_after, 2s);
  say(*b, text_push(doc(2), {}, "b.md", "B"));
  EXPECT_EQ(b->output.last<wire::PushResult>()->outcome, wire::PushOutcome::retry);
  EXPECT_EQ(b->output.code, std::nullopt);
  run_sequencer(*b);
  EXPECT_EQ(b->output.last<wire::PushResult>()->outcome, wire::PushOutcome::accepted);
  EXPECT_EQ(b->output.code, CloseCode::restarting);

  auto stuck = welcomed(2);
  say(*stuck, text_push(doc(3), {}, "c.md", "C"));
  stuck->session->drain(2s, "the hub is updated", clock_.now());
  pass(*stuck, 4s);
  EXPECT_EQ(stuck->output.code, CloseCode::restarting);
}

}  // namespace
}  // namespace leanspec::hub::engine
