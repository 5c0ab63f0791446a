#include "hub/engine/conflict.h"

#include <gmock/gmock.h>

#include "hub/engine/engine_test.h"
#include "hub/engine/hub_edit.h"
#include "hub/engine/resolution.h"
#include "merge/merge_documents.h"

namespace leanspec::hub::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using wire::PushOutcome;

constexpr const char* began = "---\nstatus: planned\n---\n\n# T\n\none\n\nlast\n";
constexpr const char* mine = "---\nstatus: planned\n---\n\n# T\n\nmine\n\nlast\n";
constexpr const char* yours = "---\nstatus: complete\n---\n\n# T\n\nyours\n\nlast\n";

class Conflicts : public EngineFixture {
 protected:
  /// here_ and there_ went on from `base` with these texts; there_'s is held.
  void disagree(const std::string& base, const std::string& here, const std::string& there,
                const std::string& path = "a.md") {
    base_ = *accepted(here_, text_push(doc(1), {}, path, base)).head_version;
    head_ = *accepted(here_, text_push(doc(1), base_, path, here)).head_version;
    hold(text_push(doc(1), base_, path, there));
  }
  void hold(const wire::Push& push) {
    const auto result = commit(there_, push);
    ASSERT_EQ(result.outcome, PushOutcome::held) << result.why;
    side_ = *result.side_version;
  }
  template <typename Work>
  void with_conflict(Work work) {
    look([&](store::Session& session) {
      auto held = session.versions().held(branch_);
      ASSERT_TRUE(held && !held->empty());
      BranchPaths paths;
      ASSERT_TRUE(paths.bring_to(session.versions(), *session.versions().find_branch(branch_).value()));
      auto conflict = look_at(session, paths, held->back());
      ASSERT_TRUE(conflict) << conflict.error().sentence();
      work(session, paths, *conflict);
    });
  }
  OpenConflict conflict() {
    OpenConflict found;
    with_conflict([&](store::Session&, const BranchPaths&, const OpenConflict& one) { found = one; });
    return found;
  }
  Result<std::vector<HubEdit>> edits(const Resolution& resolution) {
    Result<std::vector<HubEdit>> made = std::vector<HubEdit>();
    with_conflict([&](store::Session& session, const BranchPaths& paths, const OpenConflict& one) {
      Decision decision;
      decision.project = project_;
      decision.user = UserId{7};
      decision.machine = "Ada's Laptop";
      decision.new_document = doc(90);
      made = edits_of(session, paths, one, resolution, decision);
    });
    return made;
  }
  /// Carries the resolution out; the last edit's outcome.
  HubEditOutcome decide(const Resolution& resolution) {
    auto made = edits(resolution);
    EXPECT_TRUE(made) << made.error().sentence();
    return made ? carry_out(*made) : HubEditOutcome::refused;
  }
  HubEditOutcome decide(Take take) {
    Resolution resolution;
    resolution.take = take;
    return decide(resolution);
  }
  HubEditOutcome carry_out(const std::vector<HubEdit>& made) {
    HubEditOutcome last = HubEditOutcome::refused;
    for (const HubEdit& edit : made) {
      clock_.advance(std::chrono::milliseconds(10));
      std::vector<FeedNotice> notices;
      auto done = sequencer_->edit(edit, clock_.now(), notices);
      EXPECT_TRUE(done) << done.error().sentence();
      if (!done) return HubEditOutcome::refused;
      last = done->outcome;
      why_ = done->why;
    }
    return last;
  }
  static Resolution place(merge::Choice::Take take, std::string text = {}) {
    Resolution resolution;
    resolution.take = Take::places;
    PlaceChoice one;
    one.choice.take = take;
    one.choice.text = std::move(text);
    resolution.places.push_back(std::move(one));
    return resolution;
  }
  std::string wrong(const Resolution& resolution) {
    auto made = edits(resolution);
    EXPECT_FALSE(made.has_value());
    return made ? "" : made.error().sentence();
  }

  VersionId base_;
  VersionId head_;
  VersionId side_;
  std::string why_;
};

TEST_F(Conflicts, names_both_sides_their_base_and_the_place) {
  disagree(began, mine, yours);
  const auto found = conflict();
  EXPECT_EQ(found.state, ConflictState::open);
  EXPECT_EQ(found.base->id, base_);
  EXPECT_EQ(found.head->id, head_);
  EXPECT_EQ(found.other.version.id, side_);
  EXPECT_EQ(found.other.version.machine, there_.machine);
  EXPECT_EQ(found.path, "a.md");
  EXPECT_FALSE(found.occupant);
  ASSERT_EQ(found.outcome.conflicts.size(), 1U);
  EXPECT_EQ(place_name(found.outcome.conflicts[0]), "line 7");
  EXPECT_EQ(found.outcome.conflicts[0].ours.text, "mine\n");
  EXPECT_EQ(found.outcome.conflicts[0].theirs.text, "yours\n");
  EXPECT_THAT(takes_of(found), ElementsAre(Take::head, Take::other, Take::both, Take::beside, Take::places, Take::text));
}

TEST_F(Conflicts, each_way_out_ends_with_its_text_and_nothing_held) {
  struct Row {
    Resolution resolution;
    std::string text;
  };
  const auto take = [](Take which, std::string text = {}) {
    Resolution resolution;
    resolution.take = which;
    resolution.text = std::move(text);
    return resolution;
  };
  const std::string top = "---\nstatus: complete\n---\n\n# T\n\n";
  const std::vector<Row> rows = {
      {take(Take::head), mine},
      {take(Take::other), yours},
      {take(Take::both), top + "mine\nyours\n\nlast\n"},
      {take(Take::text, "mine, and yours\r\n"), "mine, and yours\n"},
      {place(merge::Choice::Take::ours), top + "mine\n\nlast\n"},
      {place(merge::Choice::Take::theirs), top + "yours\n\nlast\n"},
      {place(merge::Choice::Take::both), top + "mine\nyours\n\nlast\n"},
      {place(merge::Choice::Take::base), top + "one\n\nlast\n"},
      {place(merge::Choice::Take::text, "ours"), top + "ours\n\nlast\n"},
  };
  std::uint32_t n = 0;
  for (const Row& row : rows) {
    const std::string path = std::to_string(++n) + ".md";
    base_ = *accepted(here_, text_push(doc(n), {}, path, began)).head_version;
    head_ = *accepted(here_, text_push(doc(n), base_, path, mine)).head_version;
    hold(text_push(doc(n), base_, path, yours));
    EXPECT_EQ(decide(row.resolution), HubEditOutcome::made) << why_;
    EXPECT_EQ(text_at(path), row.text) << to_string(row.resolution.take);
    EXPECT_TRUE(held().empty());
  }
}

TEST_F(Conflicts, a_place_that_is_left_out_or_decided_wrongly_is_named) {
  disagree(began, mine, yours);
  Resolution nothing;
  nothing.take = Take::places;
  EXPECT_THAT(wrong(nothing), HasSubstr("line 7"));
  auto twice = place(merge::Choice::Take::ours);
  twice.places.push_back(twice.places[0]);
  EXPECT_THAT(wrong(twice), HasSubstr("twice"));
  auto far = place(merge::Choice::Take::ours);
  far.places[0].index = 1;
  EXPECT_THAT(wrong(far), HasSubstr("only 1"));
  Resolution merged;
  merged.take = Take::merged;
  EXPECT_THAT(wrong(merged), HasSubstr("choose one of: head, other, both"));
}

TEST_F(Conflicts, what_merges_by_now_is_offered_as_merged) {
  disagree("a\n\nb\n\nc\n", "A\n\nb\n\nc\n", "X\n\nb\n\nC\n");
  accepted(here_, text_push(doc(1), head_, "a.md", "a\n\nB\n\nc\n"));
  const auto found = conflict();
  EXPECT_EQ(found.state, ConflictState::merges);
  EXPECT_EQ(takes_of(found).front(), Take::merged);
  EXPECT_EQ(decide(Take::merged), HubEditOutcome::made);
  EXPECT_EQ(text_at("a.md"), "X\n\nB\n\nC\n");
}

TEST_F(Conflicts, a_decision_on_a_head_that_moved_is_stale) {
  disagree(began, mine, yours);
  Resolution other;
  other.take = Take::other;
  const auto made = edits(other);
  accepted(here_, text_push(doc(1), head_, "a.md", std::string(mine) + "more\n"));
  EXPECT_EQ(carry_out(*made), HubEditOutcome::stale);
  EXPECT_EQ(held().size(), 1U);
}

TEST_F(Conflicts, two_texts_without_a_common_version_are_decided_place_by_place_or_put_beside_each_other) {
  accepted(here_, text_push(doc(1), {}, "082-x/README.md", "# T\n\nmine\n"));
  hold(text_push(doc(2), {}, "082-x/README.md", "# T\n\nyours\n"));
  const auto found = conflict();
  EXPECT_FALSE(found.base);
  EXPECT_EQ(found.state, ConflictState::open);
  ASSERT_EQ(found.outcome.conflicts.size(), 1U);
  EXPECT_EQ(decide(Take::both), HubEditOutcome::made) << why_;
  EXPECT_EQ(text_at("082-x/README.md"), "# T\n\nmine\n");
  EXPECT_EQ(text_at("082-x/README.ada-s-laptop.md"), "# T\n\nyours\n");
  EXPECT_TRUE(held().empty());
}

TEST_F(Conflicts, a_file_beside_takes_a_free_name_and_is_not_made_twice) {
  EXPECT_EQ(path_beside("a/README.md", "Ada's Laptop!", 1), "a/README.ada-s-laptop.md");
  EXPECT_EQ(path_beside("a/README.md", "", 2), "a/README.other-2.md");
  EXPECT_EQ(path_beside("a.b/LICENSE", "x", 1), "a.b/LICENSE.x");
  EXPECT_EQ(path_beside(".hidden", "x", 1), ".hidden.x");
  EXPECT_EQ(path_beside("a.md", std::string(300, 'x'), 1), "a." + std::string(40, 'x') + ".md");
  disagree(began, mine, yours);
  accepted(here_, text_push(doc(5), {}, "A.Ada-s-laptop.md", "taken\n"));
  Resolution beside;
  beside.take = Take::beside;
  auto made = edits(beside);
  ASSERT_EQ(made->size(), 2U);
  EXPECT_EQ(made->at(0).path, "a.ada-s-laptop-2.md");
  EXPECT_EQ(carry_out({made->at(0)}), HubEditOutcome::made);
  // Interrupted there: asked again it only decides.
  made = edits(beside);
  ASSERT_EQ(made->size(), 1U);
  EXPECT_EQ(carry_out(*made), HubEditOutcome::made);
}

TEST_F(Conflicts, what_is_no_text_can_only_be_chosen_whole) {
  disagree("a\xFF", "b\xFF", "c\xFF", "a.bin");
  const auto found = conflict();
  EXPECT_EQ(found.state, ConflictState::whole);
  EXPECT_THAT(takes_of(found), ElementsAre(Take::head, Take::other, Take::beside));
  EXPECT_EQ(decide(Take::other), HubEditOutcome::made);
  EXPECT_EQ(text_at("a.bin"), "c\xFF");
}

TEST_F(Conflicts, a_text_larger_than_what_is_merged_is_not_read_to_be_shown_and_can_be_chosen) {
  const std::string large(merge::document_bytes_max + 1, 'x');
  disagree("a\n", large, "c\n");
  const auto found = conflict();
  EXPECT_EQ(found.state, ConflictState::whole);
  EXPECT_FALSE(found.head_text);
  EXPECT_EQ(decide(Take::head), HubEditOutcome::made);
  EXPECT_EQ(text_at("a.md"), large);
}

TEST_F(Conflicts, two_frontmatters_cannot_both_stand) {
  disagree("---\n# a\nstatus: planned\n---\n", "---\n# b\nstatus: planned\n---\n", "---\n# c\nstatus: planned\n---\n");
  const auto found = conflict();
  ASSERT_EQ(found.outcome.conflicts.size(), 1U);
  EXPECT_EQ(found.outcome.conflicts[0].kind, merge::ConflictKind::frontmatter);
  EXPECT_THAT(takes_of(found), testing::Not(testing::Contains(Take::both)));
  EXPECT_THAT(wrong(place(merge::Choice::Take::both)), HasSubstr("the frontmatter"));
}

TEST_F(Conflicts, a_document_whose_place_is_taken_needs_another_place) {
  accepted(here_, text_push(doc(1), {}, "a.md", "one\n"));
  hold(text_push(doc(2), {}, "A.md", "two\n"));
  const auto found = conflict();
  EXPECT_EQ(found.state, ConflictState::deleted_head);
  EXPECT_EQ(found.occupant, "a.md");
  EXPECT_EQ(decide(Take::other), HubEditOutcome::refused);
  EXPECT_THAT(why_, HasSubstr("a.md"));
  EXPECT_EQ(held().size(), 1U);
  Resolution elsewhere;
  elsewhere.take = Take::other;
  elsewhere.path = "b.md";
  EXPECT_EQ(decide(elsewhere), HubEditOutcome::made) << why_;
  EXPECT_EQ(text_at("b.md"), "two\n");
  EXPECT_TRUE(held().empty());
}

TEST_F(Conflicts, a_document_that_never_came_to_stand_there_can_be_left_out) {
  accepted(here_, text_push(doc(1), {}, "a.md", "one\n"));
  const auto push = text_push(doc(2), {}, "A.md", "two\n");
  hold(push);
  EXPECT_EQ(decide(Take::head), HubEditOutcome::made) << why_;
  EXPECT_TRUE(held().empty());
  EXPECT_THAT(live_paths(), ElementsAre("a.md"));
  // Its machine offers it again, and hears that the hub has dealt with it.
  const auto again = commit(there_, text_push(doc(2), {}, "A.md", "two\n"));
  EXPECT_EQ(again.outcome, PushOutcome::known) << again.why;
}

}  // namespace
}  // namespace leanspec::hub::engine
