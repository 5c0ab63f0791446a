// Changes that are made together or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/engine/engine_test.h"
#include "hub/engine/sequencer.h"

namespace leanspec::hub::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using wire::PushOutcome;

using SequencerTest = EngineFixture;

TEST_F(SequencerTest, two_documents_swap_their_paths_in_one_group) {
  const auto a = accepted(here_, text_push(doc(1), {}, "a.md", "A"));
  const auto b = accepted(here_, text_push(doc(2), {}, "b.md", "B"));
  const auto results = commit_group(
      here_, {move_push(doc(1), *a.head_version, "b.md", "A"), move_push(doc(2), *b.head_version, "a.md", "B")});
  EXPECT_EQ(results[0].outcome, PushOutcome::accepted) << results[0].why;
  EXPECT_EQ(results[1].outcome, PushOutcome::accepted) << results[1].why;
  EXPECT_EQ(text_at("a.md"), "B");
  EXPECT_EQ(text_at("b.md"), "A");
}

TEST_F(SequencerTest, a_shift_of_numbers_works_and_a_new_file_may_take_the_freed_place) {
  const auto a = accepted(here_, text_push(doc(1), {}, "082-x/README.md", "x"));
  const auto b = accepted(here_, text_push(doc(2), {}, "083-x/README.md", "y"));
  const auto results = commit_group(here_, {move_push(doc(1), *a.head_version, "083-x/README.md", "x"),
                                            move_push(doc(2), *b.head_version, "084-x/README.md", "y"),
                                            text_push(doc(3), {}, "082-x/README.md", "new")});
  for (const auto& result : results) EXPECT_EQ(result.outcome, PushOutcome::accepted) << result.why;
  EXPECT_EQ(results[2].document, doc(3));
  EXPECT_THAT(live_paths(), ElementsAre("082-x/README.md", "083-x/README.md", "084-x/README.md"));
  EXPECT_EQ(head(), Seq{5});
}

TEST_F(SequencerTest, a_group_is_accepted_whole_or_held_whole) {
  const auto a = accepted(here_, text_push(doc(1), {}, "d/a.md", "A"));
  const auto b = accepted(here_, text_push(doc(2), {}, "d/b.md", "B"));
  accepted(there_, text_push(doc(2), b.head_version, "d/b.md", "B, edited"));
  const auto results = commit_group(here_, {move_push(doc(1), *a.head_version, "e/a.md", "A"),
                                            text_push(doc(2), b.head_version, "e/b.md", "B, changed")});
  EXPECT_EQ(results[0].outcome, PushOutcome::held);
  EXPECT_THAT(results[0].why, HasSubstr("e/b.md"));
  EXPECT_EQ(results[1].outcome, PushOutcome::held);
  EXPECT_THAT(live_paths(), ElementsAre("d/a.md", "d/b.md"));
}

TEST_F(SequencerTest, a_group_waits_for_a_missing_body) {
  auto delta = text_push(doc(2), {}, "b.md", "text");
  delta.content = wire::DeltaBody{digest::sha256("never seen"), "garbage"};
  const auto whole = text_push(doc(1), {}, "a.md", "A");
  const auto results = commit_group(here_, {whole, delta});
  EXPECT_EQ(results[0].outcome, PushOutcome::retry);
  EXPECT_EQ(results[1].outcome, PushOutcome::need_body);
  EXPECT_EQ(head(), Seq{});
  delta.content = wire::WholeBody{"text"};
  for (const auto& result : commit_group(here_, {whole, delta})) EXPECT_EQ(result.outcome, PushOutcome::accepted);
}

TEST_F(SequencerTest, a_bad_member_refuses_its_group_and_nothing_else) {
  const std::vector<PushJob> jobs = {
      job(here_, {text_push(doc(1), {}, "a.md", "A"), text_push(doc(2), {}, "../b.md", "B")}),
      job(here_, {text_push(doc(3), {}, "c.md", "C")}),
      job(here_, {text_push(doc(4), {}, "d.md", "D"), text_push(doc(4), {}, "e.md", "E")})};
  const auto committed = sequencer_->commit(jobs, clock_.now());
  EXPECT_EQ(committed.done[0].results[0].outcome, PushOutcome::rejected);
  EXPECT_EQ(committed.done[0].results[1].outcome, PushOutcome::rejected);
  EXPECT_EQ(committed.done[1].results[0].outcome, PushOutcome::accepted);
  EXPECT_EQ(committed.done[2].results[0].outcome, PushOutcome::rejected);
  EXPECT_EQ(committed.done[2].results[1].outcome, PushOutcome::rejected);
  EXPECT_THAT(live_paths(), ElementsAre("c.md"));
}

}  // namespace
}  // namespace leanspec::hub::engine
