#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "digest/sha256.h"
#include "tests/fakes/replica_bench.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string long_text(char letter) {
  return std::string(200, letter);
}

DocumentId document_at(const ReplicaBench& bench, const std::string& path) {
  for (const auto& [document, version] : bench.hub.heads) {
    if (version.path == path && version.digest) return document;
  }
  return {};
}

TEST(replica_order, a_new_file_at_the_path_of_a_renamed_document_follows_the_rename) {
  ReplicaBench bench;
  bench.save("README.md", long_text('a'));
  bench.pass(ReplicaBench::a_while);
  const auto document = document_at(bench, "README.md");
  bench.cut();
  bench.rename("README.md", "OLD.md");
  bench.pass(ReplicaBench::a_while);
  bench.save("README.md", long_text('b'));
  bench.pass(ReplicaBench::a_while);
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(document_at(bench, "OLD.md"), document);
  EXPECT_NE(document_at(bench, "README.md"), document);
  EXPECT_EQ(bench.status().held_count, 0U);
}

TEST(replica_order, a_new_file_waits_in_words_while_the_answer_to_the_rename_is_on_its_way) {
  ReplicaBench bench;
  bench.save("README.md", long_text('a'));
  bench.pass(ReplicaBench::a_while);
  bench.hub.retries = 1;
  bench.rename("README.md", "OLD.md");
  bench.pass(milliseconds{50});
  bench.save("README.md", long_text('b'));
  bench.pass(milliseconds{50});
  EXPECT_EQ(bench.replica->why("README.md", bench.now()).sentence,
            "new here; it waits until the hub has moved the document that was here to OLD.md");
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(replica_order, a_file_moved_to_the_place_of_a_deleted_one_follows_the_deletion) {
  ReplicaBench bench;
  bench.save("a.md", long_text('a'));
  bench.save("b.md", long_text('b'));
  bench.pass(ReplicaBench::a_while);
  bench.remove("b.md");
  bench.pass(seconds{1});
  bench.rename("a.md", "b.md");
  bench.pass(seconds{10});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(replica_order, files_that_were_renamed_and_edited_gather_their_texts_and_go_as_one) {
  ReplicaBench bench;
  for (const auto* name : {"001-a/a.md", "001-a/b.md", "001-a/c.md"}) bench.save(name, long_text(name[6]));
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  bench.start();
  for (const auto* name : {"a.md", "b.md", "c.md"}) {
    bench.disk.rename(std::string{"001-a/"} + name, std::string{"002-a/"} + name);
    bench.disk.write(std::string{"002-a/"} + name, long_text(*name) + " and more");
  }
  bench.replica->rescan(bench.now());
  bench.carry_out();
  const auto before = bench.hub.pushes.size();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
  ASSERT_EQ(bench.hub.pushes.size(), before + 3);
  EXPECT_TRUE(bench.hub.pushes.back().group);
  EXPECT_EQ(bench.hub.pushes.back().group_size, 3U);
}

TEST(replica_order, a_retry_that_is_due_while_another_answer_is_awaited_does_not_wake_the_engine) {
  ReplicaBench bench;
  for (const auto* name : {"001-a/a.md", "001-a/b.md"}) bench.save(name, long_text(name[6]));
  bench.pass(ReplicaBench::a_while);
  bench.hub.retries = 2;
  bench.disk.rename("001-a/a.md", "002-a/a.md");
  bench.disk.rename("001-a/b.md", "002-a/b.md");
  bench.hint({HintKind::moved_in, "002-a", "001-a", true});
  bench.pass(milliseconds{20});
  bench.lose_answers = true;
  bench.save("new.md", "text");
  bench.pass(milliseconds{50});
  const auto before = bench.wake_ups;
  bench.pass(seconds{10});
  EXPECT_LE(bench.wake_ups - before, 3U);
  bench.lose_answers = false;
  bench.cut();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_order, a_refused_file_is_offered_again_after_a_pause_that_doubles) {
  ReplicaBench bench;
  bench.hub.reject = "the project is full";
  bench.save("a.md", "text");
  bench.pass(seconds{200});
  EXPECT_EQ(bench.hub.pushes.size(), 3U);  // at once, after 30 s, after 60 s more
  bench.hub.reject.reset();
  bench.pass(seconds{200});
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(replica_order, a_text_set_aside_because_its_place_was_taken_goes_through_when_the_place_is_free) {
  ReplicaBench bench;
  bench.save("a.md", long_text('a'));
  bench.pass(ReplicaBench::a_while);
  const DocumentId other{ReplicaBench::id(77)};
  bench.hub.change(other, "b.md", "of another machine");
  bench.rename("a.md", "b.md");
  bench.pass(ReplicaBench::a_while);
  bench.tell_head();
  EXPECT_EQ(bench.status().held_count, 1U);
  bench.hub.change(other, "c.md", "of another machine");
  bench.tell_head();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.status().held_count, 0U);
  EXPECT_EQ(bench.hub.text_at("b.md"), long_text('a'));
}

TEST(replica_order, a_file_that_the_hub_takes_for_a_document_that_is_elsewhere_here_becomes_a_new_one) {
  ReplicaBench bench;
  bench.save("a.md", long_text('a'));
  bench.pass(ReplicaBench::a_while);
  const auto document = document_at(bench, "a.md");
  // Another machine moves it to where a new file is made here, before this replica hears of it.
  bench.hub.change(document, "b.md", long_text('a'));
  bench.save("b.md", long_text('b'));
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.replica->why("b.md", bench.now()).state, FileState::held);
  bench.tell_head();
  bench.pass(ReplicaBench::a_while);
  // It moves on, and the place is free.
  bench.hub.change(document, "c.md", long_text('a'));
  bench.tell_head();
  bench.pass(seconds{60});
  EXPECT_EQ(bench.hub.text_at("b.md"), long_text('b'));
  EXPECT_EQ(bench.replica->why("b.md", bench.now()).state, FileState::in_sync);
}

TEST(replica_order, edits_of_two_files_that_changed_places_elsewhere_do_not_wait_for_each_other) {
  ReplicaBench bench;
  bench.save("a.md", long_text('a'));
  bench.save("b.md", long_text('b'));
  bench.pass(ReplicaBench::a_while);
  const auto a = document_at(bench, "a.md");
  const auto b = document_at(bench, "b.md");
  bench.hub.change(a, "b.md", long_text('a'));
  bench.hub.change(b, "a.md", long_text('b'));
  bench.tell_head();
  bench.cut();
  bench.save("a.md", long_text('a') + " and more");
  bench.save("b.md", long_text('b') + " and more");
  bench.pass(ReplicaBench::a_while);
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256(long_text('a') + " and more")));
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256(long_text('b') + " and more")));
  EXPECT_TRUE(bench.replica->quiet());
}

/// Larger than what one group may carry, together with another one.
std::string huge_text(char filling) {
  return std::string(wire::limits::group_bytes_max / 2 + 1, filling);
}

/// Offline: a.md and b.md change places, and both get a text of that size.
void change_places_and_edit(ReplicaBench& bench) {
  bench.save("a.md", long_text('a'));
  bench.save("b.md", long_text('b'));
  bench.pass(ReplicaBench::a_while);
  bench.cut();
  for (const auto& [from, to] : {std::pair("a.md", "t.md"), {"b.md", "a.md"}, {"t.md", "b.md"}}) {
    bench.rename(from, to);
    bench.pass(ReplicaBench::a_while);
  }
  bench.save("a.md", huge_text('b'));
  bench.save("b.md", huge_text('a'));
  bench.pass(ReplicaBench::a_while);
}

TEST(replica_order, documents_that_change_places_with_more_text_than_a_group_carries_go_first_and_their_texts_follow) {
  ReplicaBench bench;
  change_places_and_edit(bench);
  const auto a = document_at(bench, "a.md");
  const auto before = bench.hub.pushes.size();
  bench.connect();
  bench.pass(seconds{30});
  EXPECT_EQ(bench.hub.heads.at(a).path, "b.md");
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(bench.replica->quiet());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
  EXPECT_EQ(bench.hub.pushes.size(), before + 3) << "two that move together, one with its text, and the other's text";
}

TEST(replica_order, a_rename_that_goes_before_its_text_and_is_refused_is_offered_again_after_a_pause) {
  ReplicaBench bench;
  change_places_and_edit(bench);
  bench.hub.reject = "the project is full";
  const auto before = bench.hub.pushes.size();
  bench.connect();
  bench.pass(seconds{25});
  EXPECT_EQ(bench.hub.pushes.size(), before + 3) << "both renames, and once the text that had no room beside them";
  bench.hub.reject.reset();
  bench.pass(seconds{40});
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(bench.replica->quiet());
}

}  // namespace
}  // namespace leanspec::bridge::engine
