#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/engine/engine_test.h"
#include "hub/engine/merge_planner.h"

namespace leanspec::hub::engine {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using wire::PushOutcome;

const std::string base_text = "---\nstatus: planned\npriority: low\n---\n# A\n\nfirst line\n\nlast line\n";

std::string with(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

/// One document that both replicas know; here_ has gone on already.
class SequencerMerge : public EngineFixture {
 protected:
  void begin(const std::string& text = base_text) {
    base_ = *accepted(here_, text_push(doc(1), {}, "a.md", text)).head_version;
  }
  void edit_here(const std::string& text) {
    head_ = *accepted(here_, text_push(doc(1), base_, "a.md", text)).head_version;
  }
  wire::PushResult merged(const wire::Push& push) {
    auto result = commit(there_, push);
    EXPECT_EQ(result.outcome, PushOutcome::known) << result.why;
    EXPECT_TRUE(held().empty());
    return result;
  }
  void edit_of_head(const std::string& text) {
    std::optional<VersionId> now;
    look([&](store::Session& session) { now = (*session.versions().head(branch_, doc(1)))->id; });
    accepted(here_, text_push(doc(1), now, "a.md", text));
  }
  store::Version version(const std::optional<VersionId>& id) {
    store::Version found;
    look([&](store::Session& session) { found = **session.versions().version(*id); });
    return found;
  }

  VersionId base_;
  VersionId head_;
};

TEST_F(SequencerMerge, edits_of_two_places_become_one_head_and_the_pushed_text_a_side_version) {
  begin();
  edit_here(with(base_text, "first", "FIRST"));
  const auto pushed = with(base_text, "last", "LAST");
  const auto push = text_push(doc(1), base_, "a.md", pushed);
  const auto result = merged(push);
  EXPECT_EQ(text_at("a.md"), with(with(base_text, "first", "FIRST"), "last", "LAST"));

  const auto side = version(result.known_version);
  EXPECT_EQ(side.kind, store::VersionKind::side);
  EXPECT_EQ(side.parent, base_);
  EXPECT_EQ(side.digest, push.digest);
  EXPECT_EQ(side.replica, there_.replica);
  EXPECT_EQ(side.change, push.change);
  const auto now = version(result.head_version);
  EXPECT_EQ(now.parent, head_);
  EXPECT_EQ(now.second_parent, side.id);
  EXPECT_EQ(now.seq, result.seq);
  EXPECT_FALSE(now.replica || now.change) << "the replica would take it for the text that it pushed";
  EXPECT_EQ(now.machine, there_.machine);
  EXPECT_EQ(commit(there_, push), result) << "asked again, it is the same answer";
  EXPECT_EQ(head(), result.seq);
}

TEST_F(SequencerMerge, what_goes_on_from_a_merged_text_is_merged_again_and_loses_nothing) {
  begin();
  edit_here(with(base_text, "first", "FIRST"));
  const auto mine = with(base_text, "last", "LAST");
  const auto side = merged(text_push(doc(1), base_, "a.md", mine)).known_version;
  // The user typed on before the merged text came down.
  merged(text_push(doc(1), side, "a.md", mine + "more\n"));
  EXPECT_EQ(text_at("a.md"), with(with(base_text, "first", "FIRST"), "last", "LAST") + "more\n");
}

TEST_F(SequencerMerge, one_place_changed_by_both_is_held_and_says_where) {
  begin();
  edit_here(with(base_text, "first line", "a new beginning"));
  const auto held_back = commit(there_, text_push(doc(1), base_, "a.md", with(base_text, "first line", "another one")));
  EXPECT_EQ(held_back.outcome, PushOutcome::held);
  EXPECT_THAT(held_back.why, HasSubstr("line 7"));
  EXPECT_EQ(text_at("a.md"), with(base_text, "first line", "a new beginning"));

  // A further edit that leaves that place alone is merged, and nothing is held any more.
  merged(text_push(doc(1), held_back.side_version, "a.md", with(base_text, "last", "LAST")));
  EXPECT_EQ(text_at("a.md"), with(with(base_text, "first line", "a new beginning"), "last", "LAST"));
}

TEST_F(SequencerMerge, what_goes_on_from_a_text_that_was_set_aside_does_not_undo_it) {
  begin();
  edit_here(with(base_text, "first line", "a new beginning"));
  const auto mine = with(base_text, "first line", "another one");
  const auto side = commit(there_, text_push(doc(1), base_, "a.md", mine)).side_version;
  const auto next = commit(there_, text_push(doc(1), side, "a.md", with(mine, "last", "LAST")));
  EXPECT_EQ(next.outcome, PushOutcome::held) << "taken as based on the side, 'another one' would be lost";
  ASSERT_EQ(held().size(), 1U);
  EXPECT_EQ(held()[0].version.parent, side);
}

TEST_F(SequencerMerge, a_held_edit_that_is_offered_again_is_the_same_version_until_it_merges) {
  begin();
  edit_here(with(base_text, "first line", "a new beginning"));
  const auto mine = with(with(base_text, "first line", "another one"), "last", "LAST");
  const auto first = commit(there_, text_push(doc(1), base_, "a.md", mine));
  ASSERT_EQ(first.outcome, PushOutcome::held);
  const auto again = commit(there_, text_push(doc(1), base_, "a.md", mine));
  EXPECT_EQ(again.outcome, PushOutcome::held);
  EXPECT_EQ(again.side_version, first.side_version);
  EXPECT_EQ(held().size(), 1U);
  EXPECT_EQ(commit(here_, text_push(doc(1), base_, "a.md", mine)).outcome, PushOutcome::held);
  EXPECT_EQ(held().size(), 2U) << "another machine's edit is another one, though it says the same";

  // The others take their edit of that place back.
  accepted(here_, text_push(doc(1), head_, "a.md", base_text));
  const auto at_last = merged(text_push(doc(1), base_, "a.md", mine));
  EXPECT_EQ(at_last.known_version, first.side_version);
  EXPECT_EQ(version(at_last.head_version).second_parent, first.side_version);
  EXPECT_GT(version(at_last.head_version).accepted_at, version(first.side_version).accepted_at);
  EXPECT_EQ(text_at("a.md"), mine);
  // It is in the head now: nothing is to be done about it any more.
  const auto seq = head();
  EXPECT_EQ(commit(there_, text_push(doc(1), base_, "a.md", mine)).outcome, PushOutcome::unchanged);
  edit_of_head(with(mine, "low", "high"));
  const auto late = commit(there_, text_push(doc(1), base_, "a.md", mine));
  EXPECT_EQ(late.outcome, PushOutcome::known);
  EXPECT_EQ(late.known_version, first.side_version);
  EXPECT_EQ(head(), Seq{seq.value() + 1}) << "only the edit in between";
}

TEST_F(SequencerMerge, two_texts_without_a_base_stay_apart_however_often_they_are_offered) {
  accepted(here_, text_push(doc(1), {}, "a.md", "one text\n"));
  const auto first = commit(there_, text_push(doc(2), {}, "a.md", "another text\n"));
  ASSERT_EQ(first.outcome, PushOutcome::held);
  const auto again = commit(there_, text_push(doc(2), {}, "a.md", "another text\n"));
  EXPECT_EQ(again.outcome, PushOutcome::held) << "known, it would be replaced by the head on its own machine";
  EXPECT_EQ(again.side_version, first.side_version);
}

TEST_F(SequencerMerge, the_later_write_of_a_field_wins_though_it_comes_first) {
  begin();
  clock_.advance(1h);
  edit_here(with(base_text, "low", "high"));
  auto old = text_push(doc(1), base_, "a.md", with(base_text, "low", "medium"));
  old.age = 30min;  // made offline, before the other
  merged(old);
  EXPECT_EQ(text_at("a.md"), with(base_text, "low", "high"));
}

TEST_F(SequencerMerge, the_earlier_write_of_a_field_gives_way) {
  begin();
  edit_here(with(base_text, "low", "high"));
  merged(text_push(doc(1), base_, "a.md", with(base_text, "low", "medium")));
  EXPECT_EQ(text_at("a.md"), with(base_text, "low", "medium"));
}

TEST_F(SequencerMerge, a_clock_that_is_ahead_leaves_no_time_in_the_future_behind) {
  const auto dated = with(base_text, "priority: low\n", "priority: low\nupdated_at: 2020-01-01T00:00:00Z\n");
  begin(dated);
  edit_here(with(dated, "first", "FIRST"));
  merged(text_push(doc(1), base_, "a.md", with(with(dated, "2020", "2099"), "last", "LAST")));
  EXPECT_EQ(text_at("a.md"), with(with(with(dated, "first", "FIRST"), "last", "LAST"), "2020-01-01T00:00:00Z",
                                  to_rfc3339(clock_.now())));
}

TEST_F(SequencerMerge, a_rename_and_an_edit_are_both_kept) {
  begin();
  accepted(here_, move_push(doc(1), base_, "b.md", base_text));
  merged(text_push(doc(1), base_, "a.md", base_text + "more\n"));
  EXPECT_THAT(live_paths(), ElementsAre("b.md"));
  EXPECT_EQ(text_at("b.md"), base_text + "more\n");
}

TEST_F(SequencerMerge, of_two_renames_the_first_stands_and_the_text_is_there_once) {
  begin();
  accepted(here_, move_push(doc(1), base_, "b.md", base_text));
  const auto result = merged(move_push(doc(1), base_, "c.md", base_text));
  EXPECT_THAT(live_paths(), ElementsAre("b.md"));
  EXPECT_EQ(version(result.known_version).path, "c.md") << "what it would have been called is on record";
}

TEST_F(SequencerMerge, a_delete_gives_way_to_an_edit_and_is_on_record) {
  begin();
  edit_here(base_text + "more\n");
  const auto result = merged(delete_push(doc(1), base_, "a.md"));
  EXPECT_EQ(text_at("a.md"), base_text + "more\n");
  EXPECT_EQ(version(result.known_version).digest, std::nullopt);
  EXPECT_EQ(version(result.known_version).path, "a.md");
}

TEST_F(SequencerMerge, a_delete_gives_way_to_a_rename) {
  begin();
  accepted(here_, move_push(doc(1), base_, "b.md", base_text));
  const auto result = merged(delete_push(doc(1), base_, "a.md"));
  EXPECT_EQ(text_at("b.md"), base_text);
  EXPECT_EQ(version(result.known_version).path, "a.md") << "the name that its author knew";
}

TEST_F(SequencerMerge, an_edit_lives_on_against_a_delete) {
  begin();
  accepted(here_, delete_push(doc(1), base_, "a.md"));
  merged(text_push(doc(1), base_, "a.md", base_text + "more\n"));
  EXPECT_EQ(text_at("a.md"), base_text + "more\n");
}

TEST_F(SequencerMerge, a_rename_lives_on_against_a_delete) {
  begin();
  accepted(here_, delete_push(doc(1), base_, "a.md"));
  merged(move_push(doc(1), base_, "b.md", base_text));
  EXPECT_THAT(live_paths(), ElementsAre("b.md"));
}

TEST_F(SequencerMerge, what_was_deleted_here_and_made_again_there_goes_on_from_the_text_before) {
  begin();
  edit_here(base_text + "more\n");
  const auto gone = merged(delete_push(doc(1), base_, "a.md")).known_version;
  merged(text_push(doc(1), gone, "a.md", with(base_text, "first", "FIRST")));
  EXPECT_EQ(text_at("a.md"), with(base_text, "first", "FIRST") + "more\n");
}

TEST_F(SequencerMerge, a_merged_rename_takes_nobodys_place) {
  begin();
  edit_here(base_text + "more\n");
  accepted(here_, text_push(doc(2), {}, "b.md", "other"));
  const auto result = commit(there_, move_push(doc(1), base_, "b.md", base_text));
  EXPECT_EQ(result.outcome, PushOutcome::held);
  EXPECT_THAT(result.why, HasSubstr("b.md"));
  EXPECT_THAT(live_paths(), ElementsAre("a.md", "b.md"));
}

TEST_F(SequencerMerge, a_group_merges_whole_or_not_at_all) {
  begin();
  const auto other = *accepted(here_, text_push(doc(2), {}, "b.md", "one\n")).head_version;
  edit_here(base_text + "more\n");
  accepted(here_, text_push(doc(2), other, "b.md", "two\n"));
  auto results = commit_group(there_, {text_push(doc(1), base_, "a.md", with(base_text, "first", "FIRST")),
                                       text_push(doc(2), other, "b.md", "three\n")});
  for (const auto& result : results) EXPECT_EQ(result.outcome, PushOutcome::held) << result.why;
  EXPECT_EQ(text_at("a.md"), base_text + "more\n");
  results = commit_group(there_, {text_push(doc(1), base_, "a.md", with(base_text, "first", "FIRST")),
                                  move_push(doc(2), other, "c.md", "one\n")});
  for (const auto& result : results) EXPECT_EQ(result.outcome, PushOutcome::known) << result.why;
  EXPECT_EQ(text_at("a.md"), with(base_text, "first", "FIRST") + "more\n");
  EXPECT_EQ(text_at("c.md"), "two\n");
}

TEST_F(SequencerMerge, what_is_no_text_is_held_and_both_are_kept) {
  const std::string before("\0one", 4);
  begin(before);
  edit_here(std::string("\0two", 4));
  const auto result = commit(there_, text_push(doc(1), base_, "a.md", std::string("\0three", 6)));
  EXPECT_EQ(result.outcome, PushOutcome::held);
  EXPECT_EQ(text_at("a.md"), std::string("\0two", 4));
}

TEST_F(SequencerMerge, a_merge_that_the_head_overtakes_again_and_again_is_made_in_the_transaction) {
  begin();
  edit_here(base_text + "0\n");
  std::vector<PushJob> jobs = {job(there_, {text_push(doc(1), base_, "a.md", with(base_text, "first", "FIRST"))})};
  auto outcome = sequencer_->commit(jobs, clock_.now());
  for (std::uint32_t i = 0; i < MergePlanner::postponed_max; ++i) {
    ASSERT_EQ(outcome.postponed.size(), 1U) << i;
    ASSERT_TRUE(outcome.notices.empty()) << "nothing of it has happened";
    make_merges(jobs[0], outcome.postponed[0].merges);
    head_ = *accepted(here_, text_push(doc(1), head_, "a.md", base_text + std::to_string(i + 1) + "\n")).head_version;
    outcome = sequencer_->commit(jobs, clock_.now());
  }
  EXPECT_TRUE(outcome.postponed.empty());
  EXPECT_EQ(outcome.done.at(0).results.at(0).outcome, PushOutcome::known);
  EXPECT_EQ(text_at("a.md"), with(base_text, "first", "FIRST") + "3\n");
}

TEST_F(SequencerMerge, a_group_with_more_text_than_may_wait_for_a_merge_is_held) {
  const std::string filler(3 * 1024 * 1024, 'x');
  const auto text = [&](const std::string& first, const std::string& last) {
    return first + "\n" + filler + "\n" + last + "\n";
  };
  constexpr std::uint32_t documents = MergePlanner::bytes_max / (3 * 3 * 1024 * 1024) + 1;
  std::vector<wire::Push> members;
  for (std::uint32_t i = 1; i <= documents; ++i) {
    const auto path = std::to_string(i) + ".md";
    const auto base = accepted(here_, text_push(doc(i), {}, path, text("one", "end"))).head_version;
    accepted(here_, text_push(doc(i), base, path, text("one, here", "end")));
    members.push_back(text_push(doc(i), base, path, text("one", "end, there")));
  }
  for (const auto& result : commit_group(there_, members)) {
    EXPECT_EQ(result.outcome, PushOutcome::held);
    EXPECT_FALSE(result.why.empty());
  }
  members.pop_back();
  for (auto& push : members) push.change = text_push(push.document, {}, push.path, "").change;
  for (const auto& result : commit_group(there_, members)) EXPECT_EQ(result.outcome, PushOutcome::known) << result.why;
}

TEST_F(SequencerMerge, others_in_the_batch_do_not_wait_for_a_merge) {
  begin();
  edit_here(base_text + "more\n");
  const std::vector<PushJob> jobs = {job(there_, {text_push(doc(1), base_, "a.md", with(base_text, "first", "FIRST"))}),
                                     job(there_, {text_push(doc(2), {}, "b.md", "new")})};
  const auto outcome = sequencer_->commit(jobs, clock_.now());
  ASSERT_EQ(outcome.postponed.size(), 1U);
  EXPECT_EQ(outcome.postponed[0].job, 0U);
  EXPECT_EQ(outcome.done.at(1).results.at(0).outcome, PushOutcome::accepted);
}

}  // namespace
}  // namespace leanspec::hub::engine
