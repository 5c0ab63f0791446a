#include "hub/engine/sequencer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/engine/engine_test.h"
#include "hub/engine/push_rules.h"
#include "wire/delta.h"

namespace leanspec::hub::engine {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using wire::PushOutcome;

using SequencerTest = EngineFixture;

TEST_F(SequencerTest, the_first_push_becomes_the_head_with_seq_one) {
  const auto result = accepted(here_, text_push(doc(1), {}, "001-a/README.md", "# A"));
  EXPECT_EQ(result.document, doc(1));
  EXPECT_EQ(result.seq, Seq{1});
  EXPECT_EQ(text_at("001-a/README.md"), "# A");
  ASSERT_EQ(committed_.notices.size(), 1U);
  EXPECT_EQ(committed_.notices[0].branch, branch_);
  EXPECT_EQ(committed_.notices[0].head, Seq{1});
  EXPECT_NE(committed_.notices[0].head_digest, Digest{});
}

TEST_F(SequencerTest, the_same_change_twice_is_one_push) {
  const auto push = text_push(doc(1), {}, "a.md", "one");
  const auto first = accepted(here_, push);
  auto resent = push;
  resent.age = 60s;  // it has become older on its way; that makes no other push of it
  EXPECT_EQ(commit(here_, resent), first);
  EXPECT_EQ(head(), Seq{1});
  EXPECT_TRUE(committed_.notices.empty());
  // Twice in one batch, too.
  const auto other = text_push(doc(2), {}, "b.md", "two");
  const auto both = sequencer_->commit(std::vector<PushJob>{job(here_, {other}), job(here_, {other})}, clock_.now());
  EXPECT_EQ(both.done[0].results, both.done[1].results);
  EXPECT_EQ(head(), Seq{2});
}

TEST_F(SequencerTest, a_change_id_with_another_content_is_rejected) {
  const auto push = text_push(doc(1), {}, "a.md", "one");
  accepted(here_, push);
  auto forged = text_push(doc(1), {}, "a.md", "two");
  forged.change = push.change;
  EXPECT_EQ(commit(here_, forged).outcome, PushOutcome::rejected);
  EXPECT_EQ(text_at("a.md"), "one");
  EXPECT_EQ(commit(there_, forged).outcome, PushOutcome::held) << "change ids belong to their replica";
}

TEST_F(SequencerTest, an_edit_of_an_old_version_is_held_and_its_text_kept) {
  const auto first = accepted(here_, text_push(doc(1), {}, "a.md", "one"));
  const auto second = accepted(here_, text_push(doc(1), first.head_version, "a.md", "two"));
  const auto aside = commit(there_, text_push(doc(1), first.head_version, "a.md", "other"));
  EXPECT_EQ(aside.outcome, PushOutcome::held);
  EXPECT_EQ(aside.head_version, second.head_version);
  EXPECT_FALSE(aside.why.empty());
  EXPECT_EQ(text_at("a.md"), "two");
  EXPECT_EQ(head(), Seq{2});
  ASSERT_EQ(committed_.notices.size(), 1U);
  EXPECT_TRUE(committed_.notices[0].sides);
  ASSERT_EQ(held().size(), 1U);
  EXPECT_EQ(held()[0].version.id, aside.side_version);
  look([&](store::Session& session) { EXPECT_EQ(**session.bodies().get(digest::sha256("other")), "other"); });
}

TEST_F(SequencerTest, a_further_edit_takes_the_place_of_the_held_one_and_agreement_closes_it) {
  const auto first = accepted(here_, text_push(doc(1), {}, "a.md", "one"));
  accepted(here_, text_push(doc(1), first.head_version, "a.md", "two"));
  const auto side = commit(there_, text_push(doc(1), first.head_version, "a.md", "other"));
  const auto next = commit(there_, text_push(doc(1), side.side_version, "a.md", "other, longer"));
  EXPECT_EQ(next.outcome, PushOutcome::held);
  ASSERT_EQ(held().size(), 1U);
  EXPECT_EQ(held()[0].version.id, next.side_version);
  EXPECT_EQ(held()[0].version.parent, side.side_version);
  EXPECT_EQ(commit(there_, text_push(doc(1), next.side_version, "a.md", "two")).outcome, PushOutcome::unchanged);
  EXPECT_TRUE(held().empty());
  look([&](store::Session& session) { EXPECT_EQ(session.versions().history(branch_, doc(1), {}, 10)->size(), 4U); });
}

TEST_F(SequencerTest, equal_texts_at_one_path_are_one_document_for_ever) {
  const auto first = accepted(here_, text_push(doc(1), {}, "a.md", "same"));
  const auto joined = commit(there_, text_push(doc(2), {}, "a.md", "same"));
  EXPECT_EQ(joined.outcome, PushOutcome::unchanged);
  EXPECT_EQ(joined.document, doc(1));
  EXPECT_EQ(joined.head_version, first.head_version);
  EXPECT_EQ(joined.seq, first.seq) << "where that head stands in the feed";
  // The loser's name goes on working.
  const auto edited = accepted(there_, text_push(doc(2), joined.head_version, "a.md", "next"));
  EXPECT_EQ(edited.document, doc(1));
  EXPECT_THAT(live_paths(), ElementsAre("a.md"));
}

TEST_F(SequencerTest, deleted_and_made_again_is_the_same_document) {
  const auto first = accepted(here_, text_push(doc(1), {}, "a.md", "text"));
  const auto gone = accepted(here_, delete_push(doc(1), first.head_version, "a.md"));
  EXPECT_EQ(text_at("a.md"), std::nullopt);
  const auto leftover = commit(there_, text_push(doc(3), {}, "a.md", "text"));
  EXPECT_EQ(leftover.outcome, PushOutcome::known) << "it never heard of the deletion: nothing is resurrected";
  EXPECT_EQ(leftover.known_version, first.head_version);
  const auto again = accepted(here_, text_push(doc(2), {}, "a.md", "text"));
  EXPECT_EQ(again.document, doc(1));
  look([&](store::Session& session) {
    EXPECT_EQ((*session.versions().version(*again.head_version))->parent, gone.head_version);
  });
}

TEST_F(SequencerTest, nobody_moves_onto_another_documents_place) {
  const auto a = accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  accepted(here_, text_push(doc(2), {}, "b.md", "B"));
  const auto moved = commit(here_, move_push(doc(1), *a.head_version, "b.md", "A"));
  EXPECT_EQ(moved.outcome, PushOutcome::held);
  EXPECT_EQ(text_at("b.md"), "B");
  EXPECT_EQ(text_at("a.md"), "A");
}

TEST_F(SequencerTest, spellings_that_collide_are_held_but_a_case_only_rename_works) {
  const auto a = accepted(here_, text_push(doc(1), {}, "Readme.md", "A"));
  const auto other = commit(here_, text_push(doc(2), {}, "README.md", "B"));
  EXPECT_EQ(other.outcome, PushOutcome::held);
  EXPECT_THAT(other.why, HasSubstr("case"));
  EXPECT_EQ(commit(here_, move_push(doc(1), *a.head_version, "README.md", "A")).outcome, PushOutcome::accepted);
  EXPECT_THAT(live_paths(), ElementsAre("README.md"));
  accepted(here_, text_push(doc(3), {}, "caf\u00E9.md", "C"));
  const auto apart = commit(here_, text_push(doc(4), {}, "cafe\u0301.md", "D"));
  EXPECT_EQ(apart.outcome, PushOutcome::held);
  EXPECT_THAT(apart.why, HasSubstr("accents"));
}

TEST_F(SequencerTest, bodies_come_as_deltas_and_in_parts_or_are_asked_for) {
  std::string before;
  for (int i = 0; i < 500; ++i)
    before += to_hex(digest::sha256(std::to_string(i))).substr(0, 12);  // nothing to compress
  const std::string after = before + "and a new end";
  const auto first = accepted(here_, text_push(doc(1), {}, "a.md", before));
  const auto delta = wire::make_delta(before, after);
  ASSERT_TRUE(delta.has_value());
  auto push = text_push(doc(1), first.head_version, "a.md", after);
  push.content = wire::DeltaBody{digest::sha256(before), "not a delta"};
  EXPECT_EQ(commit(here_, push).outcome, PushOutcome::need_body);
  push.content = wire::DeltaBody{digest::sha256("unknown"), *delta};
  EXPECT_EQ(commit(here_, push).outcome, PushOutcome::need_body);
  push.content = wire::DeltaBody{digest::sha256(before), *delta};
  const auto second = accepted(here_, push);
  EXPECT_EQ(text_at("a.md"), after);

  auto parts = text_push(doc(1), second.head_version, "a.md", "in parts");
  parts.content = wire::UploadedBody{};
  EXPECT_EQ(commit(here_, parts).outcome, PushOutcome::need_body);
  ASSERT_TRUE(store_->write(
      [&](store::Session& session) { return session.bodies().stage(*parts.digest, 8, 0, "in parts", clock_.now()); }));
  accepted(here_, parts);
  EXPECT_EQ(text_at("a.md"), "in parts");
}

TEST_F(SequencerTest, a_move_carries_the_bytes_of_its_base_and_no_others) {
  const auto first = accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  accepted(here_, text_push(doc(2), {}, "b.md", "B"));
  EXPECT_EQ(commit(here_, move_push(doc(1), *first.head_version, "c.md", "B")).outcome, PushOutcome::need_body);
  EXPECT_EQ(commit(here_, move_push(doc(1), *first.head_version, "c.md", "A")).outcome, PushOutcome::accepted);
}

TEST_F(SequencerTest, hostile_pushes_are_rejected_with_a_reason_and_leave_nothing) {
  std::vector<wire::Push> hostile;
  hostile.push_back(text_push(doc(1), {}, ".git/hooks/post-commit", "#!"));
  hostile.push_back(text_push(doc(1), {}, "a\xFF.md", "x"));
  hostile.push_back(text_push(doc(1), {}, "", "x"));
  hostile.push_back(text_push(doc(1), {}, "a.md", "x"));
  hostile.back().digest = digest::sha256("y");
  hostile.push_back(text_push(doc(1), {}, "a.md", "x"));
  hostile.back().size = 2;
  hostile.push_back(text_push(doc(1), {}, "a.md", "x"));
  hostile.back().digest.reset();
  hostile.push_back(delete_push(doc(1), {}, "a.md"));
  hostile.back().digest = digest::sha256("x");
  hostile.push_back(text_push(doc(1), {}, "a.md", "x"));
  hostile.back().size = wire::limits::document_bytes_max + 1;
  hostile.back().content = wire::UploadedBody{};
  hostile.push_back(text_push(DocumentId{}, {}, "a.md", "x"));
  hostile.push_back(text_push(doc(1), {}, "a.md", "x"));
  hostile.back().content = wire::UnchangedBody{};
  for (const auto& push : hostile) {
    const auto result = commit(here_, push);
    EXPECT_EQ(result.outcome, PushOutcome::rejected) << push.path;
    EXPECT_EQ(result.change, push.change);
    EXPECT_FALSE(result.why.empty());
  }
  auto elsewhere = here_;
  elsewhere.project = ProjectId{"another"};
  EXPECT_EQ(commit(elsewhere, text_push(doc(1), {}, "a.md", "x")).outcome, PushOutcome::rejected);
  EXPECT_EQ(head(), Seq{});
}

TEST_F(SequencerTest, the_limit_of_documents_holds_at_the_bound) {
  SequencerLimits limits;
  limits.documents_max = 2;
  sequencer_ = std::make_unique<Sequencer>(*store_, new_id(), limits);
  const auto a = accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  const auto b = accepted(here_, text_push(doc(2), {}, "b.md", "B"));
  const auto third = text_push(doc(3), {}, "c.md", "C");
  EXPECT_EQ(commit(here_, third).outcome, PushOutcome::rejected);
  accepted(here_, text_push(doc(1), a.head_version, "a.md", "edits go on"));
  accepted(here_, delete_push(doc(2), b.head_version, "b.md"));
  accepted(here_, third);  // what was refused may come again when there is room
}

TEST_F(SequencerTest, when_the_store_fails_nothing_moves_and_everybody_is_told_to_come_again) {
  accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  const auto push = text_push(doc(2), {}, "b.md", "B");
  for (const auto with : {fakes::CommitFault::fails, fakes::CommitFault::no_space}) {
    fault(with);
    const auto result = commit(here_, push);
    EXPECT_EQ(result.outcome, PushOutcome::retry);
    EXPECT_GT(result.retry_after, 0ms);
    EXPECT_TRUE(committed_.notices.empty());
    EXPECT_EQ(head(), Seq{1});
  }
  store_->outage = Error(ErrorCode::io, "broken");
  EXPECT_EQ(commit(here_, push).outcome, PushOutcome::retry);
  store_->outage.reset();
  EXPECT_EQ(accepted(here_, push).seq, Seq{2});
}

TEST_F(SequencerTest, a_lost_reply_to_the_commit_is_answered_by_looking_the_changes_up) {
  const auto push = text_push(doc(1), {}, "a.md", "A");
  fault(fakes::CommitFault::reply_lost);
  const auto result = accepted(here_, push);
  EXPECT_EQ(result.seq, Seq{1});
  ASSERT_EQ(committed_.notices.size(), 1U);
  EXPECT_EQ(committed_.notices[0].head, Seq{1});
  EXPECT_EQ(commit(here_, push), result);

  const auto other = text_push(doc(2), {}, "b.md", "B");
  fault(fakes::CommitFault::lost);
  EXPECT_EQ(commit(here_, other).outcome, PushOutcome::retry);
  EXPECT_EQ(accepted(here_, other).seq, Seq{2});

  const auto third = text_push(doc(3), {}, "c.md", "C");
  store_->on_commit = [this] {
    store_->outage = Error(ErrorCode::unavailable, "away");
    return fakes::CommitFault::reply_lost;
  };
  EXPECT_EQ(commit(here_, third).outcome, PushOutcome::retry);
  store_->outage.reset();
  store_->on_commit = nullptr;
  EXPECT_EQ(accepted(here_, third).seq, Seq{3});
  EXPECT_EQ(head(), Seq{3});
}

TEST_F(SequencerTest, hub_time_never_steps_back) {
  const auto first = accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  clock_.set_wall(clock_.now() - 1h);
  const auto second = accepted(here_, text_push(doc(1), first.head_version, "a.md", "B"));
  sequencer_ = std::make_unique<Sequencer>(*store_, new_id());  // as after a restart
  const auto third = accepted(here_, delete_push(doc(1), second.head_version, "a.md"));
  sequencer_ = std::make_unique<Sequencer>(*store_, new_id());
  accepted(here_, text_push(doc(1), third.head_version, "a.md", "C"));
  look([&](store::Session& session) {
    const auto entries = session.versions().feed(branch_, Seq{}, 10);
    ASSERT_EQ(entries->size(), 4U);
    for (std::size_t i = 1; i < 4; ++i) EXPECT_GE((*entries)[i].accepted_at, (*entries)[i - 1].accepted_at);
  });
}

TEST(effective_time, is_receipt_less_age_between_what_the_replica_can_have_seen_and_now) {
  const Instant now{1'000'000ms};
  EXPECT_EQ(effective_time(now, 5s, std::nullopt, now), now - 5s);
  EXPECT_EQ(effective_time(now, -5s, std::nullopt, now), now);
  EXPECT_EQ(effective_time(now, 500s, now - 60s, now), now - 60s);
  EXPECT_EQ(effective_time(now, 1s, now + 60s, now), now);
  EXPECT_EQ(effective_time(now - 1s, 0s, std::nullopt, now), now - 1s);
  EXPECT_EQ(effective_time(now, std::chrono::milliseconds::max(), now - 60s, now), now - 60s);
}

// Law 14
TEST_F(SequencerTest, after_the_hubs_clock_was_set_back_an_edit_still_keeps_its_time) {
  const auto first = accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  clock_.set_wall(clock_.now() - 1h);
  auto push = text_push(doc(1), first.head_version, "a.md", "B");
  push.age = 60s;
  const auto result = accepted(here_, push);
  look([&](store::Session& session) {
    EXPECT_EQ((**session.versions().version(*result.head_version)).effective_at, clock_.now() - 60s)
        << "and not that of its base, which lies in the future now";
  });
}

TEST_F(SequencerTest, an_edit_made_offline_keeps_its_time) {
  const auto first = accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  clock_.advance(48h);
  auto origin = here_;
  origin.last_contact = clock_.now() - 47h;
  auto push = text_push(doc(1), first.head_version, "a.md", "B");
  push.age = 24h;
  const auto result = accepted(origin, push);
  look([&](store::Session& session) {
    const auto version = **session.versions().version(*result.head_version);
    EXPECT_EQ(version.effective_at, clock_.now() - 24h);
    EXPECT_EQ(version.accepted_at, clock_.now());
  });
}

}  // namespace
}  // namespace leanspec::hub::engine
