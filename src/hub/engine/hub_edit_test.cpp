#include "hub/engine/hub_edit.h"

#include <gmock/gmock.h>

#include "hub/engine/engine_test.h"

namespace leanspec::hub::engine {
namespace {

using testing::HasSubstr;
using wire::PushOutcome;

class HubEdits : public EngineFixture {
 protected:
  HubEdit edit_of(DocumentId document, std::optional<VersionId> expected, const std::string& path,
                  std::optional<std::string> text) const {
    HubEdit edit;
    edit.project = project_;
    edit.branch = branch_;
    edit.user = UserId{7};
    edit.document = document;
    edit.expected = expected;
    edit.path = path;
    edit.text = std::move(text);
    return edit;
  }
  HubEditDone make(const HubEdit& edit) {
    clock_.advance(std::chrono::milliseconds(10));
    notices_.clear();
    auto done = sequencer_->edit(edit, clock_.now(), notices_);
    EXPECT_TRUE(done) << done.error().sentence();
    return done ? *std::move(done) : HubEditDone();
  }
  VersionId begin(const std::string& text = "one\n") {
    return *accepted(here_, text_push(doc(1), {}, "a.md", text)).head_version;
  }

  std::vector<FeedNotice> notices_;
};

TEST_F(HubEdits, an_edit_of_the_head_is_the_next_head_and_in_the_feed) {
  const auto head = begin();
  const auto done = make(edit_of(doc(1), head, "a.md", "two\n"));
  ASSERT_EQ(done.outcome, HubEditOutcome::made) << done.why;
  EXPECT_EQ(text_at("a.md"), "two\n");
  EXPECT_EQ(done.head->parent, head);
  EXPECT_EQ(done.head->user, UserId{7});
  EXPECT_FALSE(done.head->replica || done.head->machine || done.head->change);
  ASSERT_EQ(notices_.size(), 1U);
  EXPECT_EQ(notices_[0].head, done.head->seq);
  EXPECT_FALSE(notices_[0].sides);
}

TEST_F(HubEdits, an_edit_of_which_the_store_lost_its_answer_is_made_and_told_to_everybody) {
  const auto head = begin();
  fault(fakes::CommitFault::reply_lost);
  const auto done = make(edit_of(doc(1), head, "a.md", "two\n"));
  ASSERT_EQ(done.outcome, HubEditOutcome::made) << done.why;
  EXPECT_EQ(text_at("a.md"), "two\n");
  ASSERT_EQ(notices_.size(), 1U);
  EXPECT_EQ(notices_[0].head, done.head->seq);
}

TEST_F(HubEdits, an_edit_that_was_lost_with_its_answer_is_an_error_and_may_be_made_again) {
  const auto head = begin();
  fault(fakes::CommitFault::lost);
  EXPECT_FALSE(sequencer_->edit(edit_of(doc(1), head, "a.md", "two\n"), clock_.now(), notices_));
  EXPECT_EQ(text_at("a.md"), "one\n");
  EXPECT_EQ(make(edit_of(doc(1), head, "a.md", "two\n")).outcome, HubEditOutcome::made);
}

TEST_F(HubEdits, what_was_made_while_the_store_could_not_be_asked_is_told_with_the_next_word_about_any_branch) {
  const auto head = begin();
  store_->on_commit = [this] {
    store_->on_commit = nullptr;
    store_->outage = Error(ErrorCode::unavailable, "the database is away");
    return fakes::CommitFault::reply_lost;
  };
  EXPECT_FALSE(sequencer_->edit(edit_of(doc(1), head, "a.md", "two\n"), clock_.now(), notices_));
  EXPECT_TRUE(notices_.empty());
  store_->outage.reset();
  EXPECT_EQ(make(edit_of(doc(1), head, "a.md", "two\n")).outcome, HubEditOutcome::stale);
  ASSERT_EQ(notices_.size(), 1U);
  EXPECT_EQ(notices_[0].head, this->head());
}

TEST_F(HubEdits, a_head_that_moved_meanwhile_is_named_and_nothing_is_written) {
  const auto head = begin();
  const auto moved = accepted(here_, text_push(doc(1), head, "a.md", "two\n"));
  const auto done = make(edit_of(doc(1), head, "a.md", "mine\n"));
  EXPECT_EQ(done.outcome, HubEditOutcome::stale);
  EXPECT_EQ(done.head->id, moved.head_version);
  EXPECT_EQ(text_at("a.md"), "two\n");
  EXPECT_TRUE(notices_.empty());
}

TEST_F(HubEdits, what_the_head_says_already_is_no_version) {
  const auto head = begin();
  const auto done = make(edit_of(doc(1), head, "a.md", "one\n"));
  EXPECT_EQ(done.outcome, HubEditOutcome::unchanged);
  EXPECT_EQ(done.head->id, head);
}

TEST_F(HubEdits, a_deleted_document_comes_back_unless_its_place_is_taken) {
  const auto head = begin();
  const auto gone = make(edit_of(doc(1), head, "a.md", std::nullopt));
  ASSERT_EQ(gone.outcome, HubEditOutcome::made);
  const auto back = make(edit_of(doc(1), gone.head->id, "a.md", "one\n"));
  EXPECT_EQ(back.outcome, HubEditOutcome::made);
  const auto again = make(edit_of(doc(1), back.head->id, "a.md", std::nullopt));
  accepted(here_, text_push(doc(2), {}, "A.md", "another\n"));
  const auto refused = make(edit_of(doc(1), again.head->id, "a.md", "one\n"));
  EXPECT_EQ(refused.outcome, HubEditOutcome::refused);
  EXPECT_THAT(refused.why, HasSubstr("A.md"));
  EXPECT_EQ(make(edit_of(doc(1), again.head->id, "b.md", "one\n")).outcome, HubEditOutcome::made);
}

TEST_F(HubEdits, a_path_that_not_every_disk_can_keep_is_refused) {
  const auto head = begin();
  EXPECT_EQ(make(edit_of(doc(1), head, "../a.md", "two\n")).outcome, HubEditOutcome::refused);
  EXPECT_EQ(make(edit_of(doc(9), {}, "b.md", std::nullopt)).outcome, HubEditOutcome::refused);
}

class Decisions : public HubEdits {
 protected:
  /// here_ and there_ have changed the same line; there_'s is held.
  void disagree() {
    base_ = begin("one\n");
    head_ = *accepted(here_, text_push(doc(1), base_, "a.md", "mine\n")).head_version;
    const auto held_back = commit(there_, text_push(doc(1), base_, "a.md", "yours\n"));
    ASSERT_EQ(held_back.outcome, PushOutcome::held);
    side_ = *held_back.side_version;
  }
  HubEdit decision(const std::string& text) const {
    auto edit = edit_of(doc(1), head_, "a.md", text);
    edit.decides = side_;
    return edit;
  }

  VersionId base_;
  VersionId head_;
  VersionId side_;
};

TEST_F(Decisions, a_decided_conflict_has_both_sides_as_parents_and_is_open_no_more) {
  disagree();
  const auto done = make(decision("ours\n"));
  ASSERT_EQ(done.outcome, HubEditOutcome::made) << done.why;
  EXPECT_EQ(done.head->parent, head_);
  EXPECT_EQ(done.head->second_parent, side_);
  EXPECT_TRUE(held().empty());
  EXPECT_TRUE(notices_.at(0).sides);
  EXPECT_EQ(make(decision("again\n")).outcome, HubEditOutcome::stale);
}

TEST_F(Decisions, a_decision_for_the_head_is_a_version_too_so_that_the_other_machine_hears_of_it) {
  disagree();
  const auto done = make(decision("mine\n"));
  ASSERT_EQ(done.outcome, HubEditOutcome::made);
  // The machine whose text lost offers it again, and is told that the head has it.
  const auto offered = commit(there_, text_push(doc(1), base_, "a.md", "yours\n"));
  EXPECT_EQ(offered.outcome, PushOutcome::known);
  EXPECT_EQ(offered.known_version, side_);
  EXPECT_EQ(offered.head_version, done.head->id);
  // What its user typed on top of the text that lost does not bring that text back.
  const auto on = commit(there_, text_push(doc(1), side_, "a.md", "yours\nand more\n"));
  EXPECT_EQ(on.outcome, PushOutcome::known) << on.why;
  EXPECT_EQ(text_at("a.md"), "mine\nand more\n");
}

TEST_F(Decisions, of_two_people_who_decide_at_once_the_second_is_asked_again) {
  disagree();
  ASSERT_EQ(make(decision("ours\n")).outcome, HubEditOutcome::made);
  auto second = decision("theirs\n");
  const auto done = make(second);
  EXPECT_EQ(done.outcome, HubEditOutcome::stale);
  second.expected = done.head->id;
  EXPECT_EQ(make(second).outcome, HubEditOutcome::stale) << "decided already";
  EXPECT_EQ(text_at("a.md"), "ours\n");
}

}  // namespace
}  // namespace leanspec::hub::engine
