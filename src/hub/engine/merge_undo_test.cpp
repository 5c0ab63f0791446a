#include "hub/engine/merge_undo.h"

#include <gmock/gmock.h>

#include "hub/engine/engine_test.h"

namespace leanspec::hub::engine {
namespace {

using testing::HasSubstr;
using wire::PushOutcome;

class MergeUndos : public EngineFixture {
 protected:
  void merge_two() {
    base_ = *accepted(here_, text_push(doc(1), {}, "a.md", "one\n\ntwo\n\nthree\n")).head_version;
    accepted(here_, text_push(doc(1), base_, "a.md", "ONE\n\ntwo\n\nthree\n"));
    const auto joined = commit(there_, text_push(doc(1), base_, "a.md", "one\n\ntwo\n\nTHREE\n"));
    ASSERT_EQ(joined.outcome, PushOutcome::known);
    merged_ = *joined.head_version;
  }
  MergeUndo undo(Keep keep) {
    MergeUndo found;
    look([&](store::Session& session) {
      const auto version = session.versions().version(merged_);
      ASSERT_TRUE(version && *version);
      EXPECT_TRUE(is_automatic_merge(**version));
      auto planned = undo_merge(session, **version, keep);
      ASSERT_TRUE(planned) << planned.error().sentence();
      found = *std::move(planned);
    });
    if (found.edit) {
      found.edit->project = project_;
      clock_.advance(std::chrono::milliseconds(10));
      std::vector<FeedNotice> notices;
      const auto done = sequencer_->edit(*found.edit, clock_.now(), notices);
      EXPECT_TRUE(done) << done.error().sentence();
      if (done) outcome_ = done->outcome;
    }
    return found;
  }

  VersionId base_;
  VersionId merged_;
  HubEditOutcome outcome_ = HubEditOutcome::refused;
};

TEST_F(MergeUndos, the_version_that_is_kept_stands_again) {
  merge_two();
  undo(Keep::second);
  EXPECT_EQ(outcome_, HubEditOutcome::made);
  EXPECT_EQ(text_at("a.md"), "one\n\ntwo\n\nTHREE\n");
  undo(Keep::second);
  EXPECT_EQ(outcome_, HubEditOutcome::unchanged);
}

TEST_F(MergeUndos, edits_made_since_stay) {
  merge_two();
  accepted(here_, text_push(doc(1), merged_, "a.md", "ONE\n\ntwo, later\n\nTHREE\n"));
  undo(Keep::first);
  EXPECT_EQ(outcome_, HubEditOutcome::made);
  EXPECT_EQ(text_at("a.md"), "ONE\n\ntwo, later\n\nthree\n");
}

TEST_F(MergeUndos, a_place_that_was_edited_since_is_named) {
  merge_two();
  accepted(here_, text_push(doc(1), merged_, "a.md", "ONE\n\ntwo\n\nquite another\n"));
  const auto found = undo(Keep::first);
  EXPECT_FALSE(found.edit);
  EXPECT_THAT(found.why_not, HasSubstr("line 5"));
  EXPECT_EQ(found.places.size(), 1U);
}

TEST_F(MergeUndos, an_edit_that_lived_on_against_a_deletion_is_deleted_after_all) {
  base_ = *accepted(here_, text_push(doc(1), {}, "a.md", "one\n")).head_version;
  accepted(here_, text_push(doc(1), base_, "a.md", "more\n"));
  const auto joined = commit(there_, delete_push(doc(1), base_, "a.md"));
  ASSERT_EQ(joined.outcome, PushOutcome::known) << joined.why;
  merged_ = *joined.head_version;
  undo(Keep::second);
  EXPECT_EQ(outcome_, HubEditOutcome::made);
  EXPECT_EQ(text_at("a.md"), std::nullopt);
}

TEST_F(MergeUndos, what_a_merge_decided_is_found_out_again) {
  base_ = *accepted(here_, text_push(doc(1), {}, "a.md", "---\npriority: low\n---\n\nt\n")).head_version;
  accepted(here_, text_push(doc(1), base_, "a.md", "---\npriority: high\n---\n\nt\n"));
  const auto joined = commit(there_, text_push(doc(1), base_, "a.md", "---\npriority: medium\n---\n\nt\n"));
  ASSERT_EQ(joined.outcome, PushOutcome::known) << joined.why;
  look([&](store::Session& session) {
    const auto outcome = look_at_merge(session, *session.versions().version(*joined.head_version).value());
    ASSERT_TRUE(outcome && *outcome);
    ASSERT_EQ((*outcome)->merged.size(), 1U);
    EXPECT_EQ((*outcome)->merged[0].field, "priority");
    EXPECT_TRUE((*outcome)->merged[0].has_lost);
  });
}

}  // namespace
}  // namespace leanspec::hub::engine
