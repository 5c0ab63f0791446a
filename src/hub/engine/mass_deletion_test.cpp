#include <gmock/gmock.h>

#include <set>

#include "hub/engine/bridge_session_for_test.h"
#include "hub/engine/held_deletions.h"

// G04: whatever a client claims, what one machine deletes in a minute is bounded at the hub's end.

namespace leanspec::hub::engine {
namespace {

using testing::HasSubstr;

class MassDeletion : public BridgeSessionTest {
 protected:
  void SetUp() override { make(0, 60); }

  void make(std::uint32_t first, std::uint32_t count) {
    for (std::uint32_t n = first; n < first + count; ++n)
      versions_[n] = *accepted(here_, text_push(doc(n), {}, path(n), "text " + std::to_string(n))).head_version;
  }
  static std::string path(std::uint32_t n) { return std::to_string(n) + "/README.md"; }
  wire::Push deletion(std::uint32_t n) { return delete_push(doc(n), versions_.at(n), path(n)); }
  wire::PushOutcome remove(const PushOrigin& origin, std::uint32_t n) { return commit(origin, deletion(n)).outcome; }
  /// How many of these went through.
  std::size_t remove_many(const PushOrigin& origin, std::uint32_t first, std::uint32_t count) {
    std::size_t accepted_count = 0;
    for (std::uint32_t n = first; n < first + count; ++n)
      accepted_count += remove(origin, n) == wire::PushOutcome::accepted ? 1U : 0U;
    return accepted_count;
  }
  std::vector<HeldDeletions> waiting() {
    std::vector<HeldDeletions> found;
    look([&](store::Session& session) { found = *held_deletions(session, project_); });
    return found;
  }
  std::vector<store::Version> sides() {
    auto found = waiting();
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? std::vector<store::Version>() : std::move(found.front().sides);
  }
  HubEditOutcome decide(const store::Version& side, bool approved) {
    HubEdit edit;
    look([&](store::Session& session) { edit = *decision_on(session, project_, side, approved); });
    std::vector<FeedNotice> notices;
    clock_.advance(std::chrono::milliseconds(10));
    return sequencer_->edit(edit, clock_.now(), notices)->outcome;
  }

  std::map<std::uint32_t, VersionId> versions_;
};

TEST_F(MassDeletion, beyond_a_fifth_of_the_live_documents_in_a_minute_is_set_aside_before_anybody_hears_of_it) {
  EXPECT_EQ(remove_many(there_, 0, 40), 12U) << "20 % of 60";
  EXPECT_EQ(live_paths().size(), 48U);
  const auto told = head();
  EXPECT_EQ(remove(there_, 45), wire::PushOutcome::held);
  EXPECT_EQ(head(), told) << "nothing of it is in the feed";
  ASSERT_EQ(waiting().size(), 1U);
  EXPECT_EQ(waiting()[0].machine, there_.machine);
  EXPECT_EQ(waiting()[0].sides.size(), 29U);
  EXPECT_EQ(held().at(0).why, too_many_deletions);
}

TEST_F(MassDeletion, ten_files_may_always_go_and_each_minute_again) {
  EXPECT_EQ(remove_many(there_, 0, 10), 10U);
  clock_.advance(std::chrono::seconds(61));
  EXPECT_EQ(remove_many(there_, 10, 10), 10U);
  clock_.advance(std::chrono::seconds(61));
  EXPECT_EQ(remove_many(there_, 20, 10), 10U);
  EXPECT_TRUE(waiting().empty());
}

TEST_F(MassDeletion, the_bound_is_of_each_machine_and_a_new_connection_begins_no_new_minute) {
  EXPECT_EQ(remove_many(there_, 0, 13), 12U);
  EXPECT_EQ(remove_many(here_, 20, 5), 5U) << "another machine";
  auto again = there_;
  again.replica = replica(9).replica;  // another folder of the same machine
  EXPECT_EQ(remove(again, 30), wire::PushOutcome::held);
}

TEST_F(MassDeletion, while_some_of_a_machine_wait_for_a_person_the_next_ones_wait_with_them) {
  EXPECT_EQ(remove_many(there_, 0, 20), 12U);
  clock_.advance(std::chrono::seconds(600));
  EXPECT_EQ(remove_many(there_, 20, 3), 0U) << "a trickle is no way round it";
  for (const auto& side : sides()) EXPECT_EQ(decide(side, true), HubEditOutcome::made);
  EXPECT_TRUE(waiting().empty());
  EXPECT_EQ(remove_many(there_, 30, 3), 3U) << "decided";
}

TEST_F(MassDeletion, a_group_of_deletions_is_set_aside_as_a_whole) {
  std::vector<wire::Push> members;
  const GroupId group{uuid(0xAB, 1)};
  for (std::uint32_t n = 0; n < 20; ++n) {
    members.push_back(deletion(n));
    members.back().group = group;
    members.back().group_size = 20;
  }
  for (const auto& result : commit_group(there_, members)) EXPECT_EQ(result.outcome, wire::PushOutcome::held);
  EXPECT_EQ(live_paths().size(), 60U);
  ASSERT_EQ(waiting().size(), 1U);
  EXPECT_EQ(waiting()[0].sides.size(), 20U);
}

TEST_F(MassDeletion, approved_they_are_deleted_but_for_those_that_have_moved_on) {
  EXPECT_EQ(remove_many(there_, 0, 15), 12U);
  accepted(here_, text_push(doc(13), versions_[13], path(13), "edited meanwhile"));
  for (const auto& side : sides()) EXPECT_EQ(decide(side, true), HubEditOutcome::made);
  EXPECT_TRUE(waiting().empty());
  EXPECT_EQ(text_at(path(12)), std::nullopt);
  EXPECT_EQ(text_at(path(13)), "edited meanwhile");
  EXPECT_EQ(text_at(path(14)), std::nullopt);
}

TEST_F(MassDeletion, reverted_each_document_is_made_anew_so_that_its_machine_gets_it_back) {
  EXPECT_EQ(remove_many(there_, 0, 15), 12U);
  const auto before = head();
  for (const auto& side : sides()) EXPECT_EQ(decide(side, false), HubEditOutcome::made);
  EXPECT_TRUE(waiting().empty());
  EXPECT_EQ(live_paths().size(), 48U);
  EXPECT_EQ(text_at(path(13)), "text 13");
  EXPECT_EQ(head().value(), before.value() + 3) << "a new version of each is in the feed";
  // Its machine may have said so again meanwhile: the word of the person is newer.
  EXPECT_NE(remove(there_, 13), wire::PushOutcome::accepted);
  EXPECT_EQ(text_at(path(13)), "text 13");
}

TEST_F(MassDeletion, what_waits_gets_another_name_with_each_further_deletion) {
  EXPECT_EQ(remove_many(there_, 0, 13), 12U);
  const auto seen = waiting().at(0).id;
  remove_many(there_, 20, 1);
  EXPECT_NE(waiting().at(0).id, seen);
}

TEST_F(MassDeletion, a_commit_that_fails_counts_nothing) {
  for (int i = 0; i < 5; ++i) {
    fault(fakes::CommitFault::fails);
    EXPECT_EQ(remove(there_, 0), wire::PushOutcome::retry);
  }
  EXPECT_EQ(remove_many(there_, 0, 12), 12U);
}

TEST_F(MassDeletion, a_hub_that_begins_anew_still_knows_whose_deletions_wait) {
  EXPECT_EQ(remove_many(there_, 0, 15), 12U);
  sequencer_ = std::make_unique<Sequencer>(*store_, new_id());
  EXPECT_EQ(remove(there_, 30), wire::PushOutcome::held);
}

TEST_F(MassDeletion, with_an_approval_of_the_machine_they_go_through_and_it_is_in_the_audit_log) {
  auto made = welcomed(2);
  const GuardId guard{uuid(0xF0, 1)};
  say(*made, wire::Approval{guard, 20});
  for (std::uint32_t n = 0; n < 25; ++n) {
    auto push = deletion(n);
    push.approval = guard;
    say(*made, push);
  }
  run_sequencer(*made);
  EXPECT_EQ(live_paths().size(), 60U - 25U) << "twenty by approval, and five that need none";
  std::vector<store::AuditEntry> audit;
  look([&](store::Session& session) { audit = *session.accounts().audit(10); });
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].actor, "machine:laptop 2");
  EXPECT_THAT(audit[0].subject, HasSubstr("20 deletions"));
}

TEST_F(MassDeletion, an_approval_that_nobody_told_of_or_that_is_used_up_counts_for_nothing) {
  auto made = welcomed(2);
  const GuardId guard{uuid(0xF0, 1)};
  say(*made, wire::Approval{guard, 5});
  for (std::uint32_t n = 0; n < 40; ++n) {
    auto push = deletion(n);
    push.approval = n % 2 == 0 ? guard : GuardId{uuid(0xF0, 2)};
    say(*made, push);
  }
  run_sequencer(*made);
  EXPECT_EQ(live_paths().size(), 60U - 5U - 12U + 1U) << "five by approval, and a fifth of what is live then";
  EXPECT_EQ(waiting().size(), 1U);
}

// ---- what a bridge's guard holds

TEST_F(MassDeletion, a_bridge_is_told_of_a_persons_decision_once_and_a_stale_one_goes_nowhere) {
  auto made = welcomed(2);
  wire::GuardState state;
  state.guard = GuardId{uuid(0xF0, 1)};
  state.count = 15;
  say(*made, state);
  ASSERT_EQ(roster_.online().at(0).guard, state);
  const wire::GuardDecision stale{GuardId{uuid(0xF0, 2)}, wire::GuardDecisionKind::approve, "user:ada"};
  EXPECT_EQ(roster_.decide(stale, clock_.now()), DecideOutcome::stale);
  const wire::GuardDecision decision{*state.guard, wire::GuardDecisionKind::revert, "user:ada"};
  EXPECT_EQ(roster_.decide(decision, clock_.now()), DecideOutcome::told);
  EXPECT_TRUE(roster_.online().at(0).asked.has_value());
  pass(*made, std::chrono::seconds(1));
  EXPECT_EQ(made->output.last<wire::GuardDecision>(), decision);
  pass(*made, std::chrono::seconds(5));
  EXPECT_EQ(made->output.count<wire::GuardDecision>(), 1U);
  say(*made, wire::GuardState{});
  EXPECT_FALSE(roster_.online().at(0).guard.guard.has_value());
  EXPECT_FALSE(roster_.online().at(0).asked.has_value());
  EXPECT_EQ(roster_.decide(decision, clock_.now()), DecideOutcome::stale) << "it is over";
}

TEST_F(MassDeletion, before_the_hello_neither_guard_nor_approval_nor_presence_is_listened_to) {
  for (const wire::ToHub& message :
       {wire::ToHub(wire::GuardState{}), wire::ToHub(wire::Approval{}), wire::ToHub(wire::Editing{})}) {
    auto made = bridge(hello(2));
    say(*made, message);
    EXPECT_EQ(made->output.code, CloseCode::bad_message);
  }
}

// ---- presence

TEST_F(MassDeletion, others_hear_within_a_second_who_edits_what_and_that_it_is_over) {
  auto editor = welcomed(2);
  auto other = welcomed(3);
  say(*editor, wire::Editing{{doc(7)}});
  pass(*other, std::chrono::seconds(1));
  ASSERT_TRUE(other->output.last<wire::Editors>().has_value());
  ASSERT_EQ(other->output.last<wire::Editors>()->editors.size(), 1U);
  EXPECT_EQ(other->output.last<wire::Editors>()->editors[0], (wire::Editor{doc(7), "laptop 2"}));
  pass(*editor, std::chrono::seconds(1));
  const auto own = editor->output.last<wire::Editors>();
  EXPECT_TRUE(!own || own->editors.empty()) << "not of itself";

  pass(*other, std::chrono::seconds(20));
  say(*other, wire::Ping{1});
  pass(*other, std::chrono::seconds(22));
  EXPECT_EQ(other->output.last<wire::Editors>()->editors.size(), 1U);
  pass(*other, std::chrono::seconds(2));
  EXPECT_TRUE(other->output.last<wire::Editors>()->editors.empty()) << "lapsed after 45 s without a renewal";

  say(*editor, wire::Editing{{doc(8)}});
  pass(*other, std::chrono::seconds(1));
  EXPECT_EQ(other->output.last<wire::Editors>()->editors.size(), 1U);
  editor->session->on_closed(clock_.now());
  pass(*other, std::chrono::seconds(1));
  EXPECT_TRUE(other->output.last<wire::Editors>()->editors.empty()) << "its machine has gone";
}

}  // namespace
}  // namespace leanspec::hub::engine
