// Law 20: after a restore two machines offer texts of before it, and the hub tells which went on from which.
#include <gtest/gtest.h>

#include "hub/engine/engine_test.h"

namespace leanspec::hub::engine {
namespace {

using wire::PushOutcome;

const std::string backup_text = "# A\n\none\n\nlast line\n";
const std::string second_text = "# A\n\none and two\n\nlast line\n";
const std::string third_text = "# A\n\nthree, nothing else\n\nlast line\n";

class FormerLineageOfTexts : public EngineFixture {
 protected:
  FormerLineageOfTexts() { base_ = *accepted(replica(3), text_push(doc(1), {}, "a.md", backup_text)).head_version; }

  /// Of the former life; a later millisecond is a later version.
  static FormerVersion former(std::uint8_t millisecond, bool edited = false) {
    return {Epoch{uuid(0xF0, 1)}, VersionId{made_at(millisecond)}, edited};
  }
  static Uuid made_at(std::uint8_t millisecond) {
    return make_uuid7(std::chrono::milliseconds(1'000'000 + millisecond), {millisecond});
  }
  wire::PushResult offer(const PushOrigin& origin, const std::string& text, const FormerVersion& former) {
    auto push = text_push(doc(1), base_, "a.md", text);
    push.former = former;
    return commit(origin, push);
  }

  VersionId base_;
};

TEST_F(FormerLineageOfTexts, the_later_version_takes_the_place_of_the_earlier_one) {
  EXPECT_EQ(offer(here_, second_text, former(2)).outcome, PushOutcome::accepted);
  EXPECT_EQ(offer(there_, third_text, former(3)).outcome, PushOutcome::accepted);
  EXPECT_EQ(text_at("a.md"), third_text);
  EXPECT_TRUE(held().empty());
}

TEST_F(FormerLineageOfTexts, the_earlier_version_is_kept_in_the_history_of_the_later_one) {
  EXPECT_EQ(offer(there_, third_text, former(3)).outcome, PushOutcome::accepted);
  const auto result = offer(here_, second_text, former(2));
  EXPECT_EQ(result.outcome, PushOutcome::known) << result.why;
  EXPECT_EQ(text_at("a.md"), third_text);
  EXPECT_TRUE(held().empty());
  look([&](store::Session& session) {
    EXPECT_EQ((*session.versions().version(*result.known_version))->digest, digest::sha256(second_text));
  });
}

TEST_F(FormerLineageOfTexts, an_edit_of_the_later_version_goes_on_from_the_earlier_one_too) {
  EXPECT_EQ(offer(here_, second_text, former(2)).outcome, PushOutcome::accepted);
  EXPECT_EQ(offer(there_, third_text + "more\n", former(3, true)).outcome, PushOutcome::accepted);
  EXPECT_EQ(text_at("a.md"), third_text + "more\n");
}

TEST_F(FormerLineageOfTexts, an_edit_goes_on_from_the_version_that_another_machine_offered_as_it_was) {
  EXPECT_EQ(offer(here_, third_text, former(3)).outcome, PushOutcome::accepted);
  EXPECT_EQ(offer(there_, "# A\n\nfour\n\nlast line\n", former(3, true)).outcome, PushOutcome::accepted);
  EXPECT_EQ(text_at("a.md"), "# A\n\nfour\n\nlast line\n");
}

TEST_F(FormerLineageOfTexts, the_version_itself_is_in_the_history_of_an_edit_of_it_that_came_first) {
  const std::string edited = "# A\n\nfour\n\nlast line\n";
  EXPECT_EQ(offer(here_, edited, former(3, true)).outcome, PushOutcome::accepted);
  EXPECT_EQ(offer(there_, third_text, former(3)).outcome, PushOutcome::known);
  EXPECT_EQ(text_at("a.md"), edited);
  EXPECT_TRUE(held().empty());
}

TEST_F(FormerLineageOfTexts, an_edit_of_the_earlier_version_is_not_lost_to_the_later_one) {
  EXPECT_EQ(offer(here_, third_text, former(3)).outcome, PushOutcome::accepted);
  const auto result = offer(there_, "# A\n\none and two, edited\n\nlast line\n", former(2, true));
  EXPECT_EQ(result.outcome, PushOutcome::held);
  EXPECT_EQ(text_at("a.md"), third_text);
}

TEST_F(FormerLineageOfTexts, what_was_edited_since_the_restore_is_merged_with_the_later_version) {
  const auto second = *offer(here_, second_text, former(2)).head_version;
  const std::string edited = "# A\n\none and two\n\nlast line, edited now\n";
  accepted(here_, text_push(doc(1), second, "a.md", edited));
  const auto result = offer(there_, third_text, former(3));
  EXPECT_EQ(result.outcome, PushOutcome::known) << result.why;
  EXPECT_EQ(text_at("a.md"), "# A\n\nthree, nothing else\n\nlast line, edited now\n");
}

TEST_F(FormerLineageOfTexts, versions_of_two_lives_say_nothing_about_each_other) {
  EXPECT_EQ(offer(here_, second_text, former(2)).outcome, PushOutcome::accepted);
  FormerVersion other = former(3);
  other.epoch = Epoch{uuid(0xF0, 2)};
  EXPECT_EQ(offer(there_, third_text, other).outcome, PushOutcome::held);
}

TEST_F(FormerLineageOfTexts, of_one_millisecond_neither_is_the_later) {
  EXPECT_EQ(offer(here_, second_text, former(2)).outcome, PushOutcome::accepted);
  FormerVersion twin = former(2);
  twin.version = VersionId{make_uuid7(std::chrono::milliseconds(1'000'002), {0xFF})};
  EXPECT_EQ(offer(there_, third_text, twin).outcome, PushOutcome::held);
}

TEST_F(FormerLineageOfTexts, a_base_that_the_hub_has_lost_is_found_by_what_it_was) {
  auto push = text_push(doc(1), VersionId{uuid(0xBA, 1)}, "a.md", second_text);
  push.former = former(2);
  EXPECT_EQ(commit(here_, push).outcome, PushOutcome::held) << "nobody vouches for what it went on from";
  EXPECT_EQ(offer(there_, second_text, former(2)).outcome, PushOutcome::accepted);
  auto later = text_push(doc(1), VersionId{uuid(0xBA, 2)}, "a.md", third_text);
  later.former = former(3);
  EXPECT_EQ(commit(replica(4), later).outcome, PushOutcome::accepted);
}

TEST_F(FormerLineageOfTexts, two_documents_of_a_former_life_that_are_one_here_say_nothing_about_each_other) {
  EXPECT_EQ(offer(here_, second_text, former(2)).outcome, PushOutcome::accepted);
  auto moved_there = text_push(doc(2), VersionId{uuid(0xBA, 1)}, "a.md", third_text + "moved here\n");
  moved_there.former = former(3, true);
  ASSERT_EQ(commit(there_, moved_there).document, doc(1)) << "and it goes by that name from now on";
  auto as_it_was = text_push(doc(2), VersionId{uuid(0xBA, 1)}, "b.md", third_text);
  as_it_was.former = former(3);
  EXPECT_EQ(commit(replica(4), as_it_was).outcome, PushOutcome::held);
  EXPECT_EQ(text_at("a.md"), second_text) << "it is the text of another document";
}

TEST_F(FormerLineageOfTexts, what_was_made_again_at_the_place_of_a_deleted_document_is_not_before_or_after_its_texts) {
  accepted(replica(3), delete_push(doc(1), base_, "a.md"));
  auto another = text_push(doc(2), VersionId{uuid(0xBA, 1)}, "a.md", second_text);
  another.former = former(2);
  ASSERT_EQ(commit(here_, another).document, doc(1));
  ASSERT_EQ(text_at("a.md"), second_text);
  auto push = text_push(doc(1), VersionId{uuid(0xBA, 2)}, "a.md", third_text);
  push.former = former(3);
  EXPECT_EQ(commit(there_, push).outcome, PushOutcome::held);
  EXPECT_EQ(text_at("a.md"), second_text);
}

}  // namespace
}  // namespace leanspec::hub::engine
