#include <gtest/gtest.h>

#include "bridge/engine/inbox.h"
#include "digest/sha256.h"
#include "tests/fakes/two_way_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using fakes::TwoWayBench;
using std::chrono::seconds;

const DocumentId theirs{ReplicaBench::id(77)};

TEST(replica_two_way, what_others_make_change_rename_and_delete_is_brought_here_and_not_sent_back) {
  TwoWayBench bench;
  bench.elsewhere(theirs, "001-a/README.md", "one");
  EXPECT_EQ(bench.on_disk("001-a/README.md"), "one");
  bench.elsewhere(theirs, "001-a/README.md", "two");
  EXPECT_EQ(bench.on_disk("001-a/README.md"), "two");
  bench.elsewhere(theirs, "archived/001-a/README.md", "two");
  EXPECT_EQ(bench.on_disk("archived/001-a/README.md"), "two");
  EXPECT_EQ(bench.disk.files.size(), 1U);
  bench.elsewhere(theirs, "002-a/README.md", "three");
  EXPECT_EQ(bench.on_disk("002-a/README.md"), "three");
  EXPECT_TRUE(bench.agrees());
  bench.elsewhere(theirs, "002-a/README.md", std::nullopt);
  EXPECT_TRUE(bench.disk.files.empty());
  EXPECT_TRUE(bench.hub.pushes.empty()) << "I8";
  EXPECT_TRUE(bench.replica->quiet());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
  EXPECT_TRUE(bench.replica->state().intents.empty());
}

TEST(replica_two_way, texts_that_are_on_their_way_together_come_to_the_disk_together) {
  TwoWayBench bench;
  const std::string large(wire::limits::inline_body_bytes_max + 1, 'x');
  for (std::uint64_t number = 0; number < 40; ++number)
    bench.hub.change(DocumentId{ReplicaBench::id(100 + number)}, std::to_string(number) + ".md",
                     large + std::to_string(number));
  bench.tell_head();
  bench.pass(Inbox::gather_max);
  EXPECT_EQ(bench.disk.files.size(), 40U);
  EXPECT_EQ(bench.applications, 1U);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_two_way, a_text_that_comes_alone_waits_for_nothing) {
  TwoWayBench bench;
  for (const std::string& text : {std::string("small"), std::string(wire::limits::inline_body_bytes_max + 1, 'x')}) {
    bench.hub.change(theirs, "a.md", text);
    bench.tell_head();
    EXPECT_EQ(bench.on_disk("a.md"), text);
  }
}

TEST(replica_two_way,
     a_file_that_was_taken_away_unseen_while_its_document_was_renamed_and_its_place_taken_comes_again) {
  TwoWayBench bench;
  bench.elsewhere(theirs, "a.md", "one");
  bench.elsewhere(DocumentId{ReplicaBench::id(78)}, "z.md", "keeps the folder from being empty");
  bench.disk.files.erase("a.md");
  bench.hub.change(theirs, "b.md", "one");
  bench.elsewhere(DocumentId{ReplicaBench::id(79)}, "a.md", "another");
  EXPECT_EQ(bench.on_disk("a.md"), "another");
  EXPECT_EQ(bench.on_disk("b.md"), "one") << "a rename is stronger than a deletion";
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(bench.replica->quiet());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

TEST(replica_two_way, an_edit_here_of_what_came_is_sent_with_that_as_its_base) {
  TwoWayBench bench;
  bench.elsewhere(theirs, "a.md", "from elsewhere");
  const auto version = bench.hub.heads.at(theirs).version;
  bench.save("a.md", "from elsewhere, and from here");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.pushes.size(), 1U);
  EXPECT_EQ(bench.hub.pushes[0].base, version);
  EXPECT_EQ(bench.hub.pushes[0].document, theirs);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_two_way, in_push_mode_nothing_is_written_and_the_reason_is_told) {
  ReplicaBench bench;
  bench.hub.change(theirs, "a.md", "text");
  bench.tell_head();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.disk.files.empty());
  EXPECT_EQ(bench.applications, 0U);
  EXPECT_EQ(bench.replica->why("a.md", bench.now()).sentence,
            "the hub has it and this folder does not; this folder is only sent, nothing is written here");
}

// Law 7
TEST(replica_two_way, a_file_that_is_an_older_version_stays_until_the_newer_one_was_read) {
  TwoWayBench bench;
  bench.hub.change(theirs, "a.md", "one");
  bench.hub.change(theirs, "a.md", "two");
  bench.save("a.md", "one");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.on_disk("a.md"), "one") << "the hub says that it has newer, and the feed was not read yet";
  bench.tell_head();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.on_disk("a.md"), "two");
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_two_way, a_large_text_is_fetched_in_parts) {
  TwoWayBench bench;
  const std::string large(3 * wire::limits::part_bytes_max + 7, 'x');
  bench.elsewhere(theirs, "large.md", large);
  EXPECT_EQ(bench.on_disk("large.md"), large);
  EXPECT_EQ(bench.hub.fetches, 4U);
}

// Law 9, P04
TEST(replica_two_way, who_saves_just_before_the_exchange_loses_nothing) {
  TwoWayBench bench;
  bench.elsewhere(theirs, "a.md", "base");
  const auto base = bench.hub.heads.at(theirs).version;
  bench.disk.before_exchange = [&] { bench.disk.write("a.md", "base, typed at the last moment"); };
  bench.elsewhere(theirs, "a.md", "base, from elsewhere");
  EXPECT_EQ(bench.on_disk("a.md"), "base, from elsewhere");
  ASSERT_EQ(bench.hub.pushes.size(), 1U);
  EXPECT_EQ(bench.hub.pushes[0].base, base);
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("base, typed at the last moment")));
  EXPECT_TRUE(bench.replica->state().pending.empty());
  EXPECT_TRUE(bench.replica->quiet());
}

// Law 5
TEST(replica_two_way, documents_that_take_each_others_places_change_them) {
  TwoWayBench bench;
  std::vector<DocumentId> documents;
  for (std::uint64_t i = 0; i < 3; ++i) {
    documents.push_back(DocumentId{ReplicaBench::id(80 + i)});
    bench.elsewhere(documents.back(), "f" + std::to_string(i) + ".md", "text " + std::to_string(i));
  }
  // A circle of three, told in one go.
  for (std::size_t i = 0; i < 3; ++i)
    bench.hub.change(documents[i], "f" + std::to_string((i + 1) % 3) + ".md", "text " + std::to_string(i));
  bench.tell_head();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.on_disk("f1.md"), "text 0");
  EXPECT_EQ(bench.on_disk("f2.md"), "text 1");
  EXPECT_EQ(bench.on_disk("f0.md"), "text 2");
  EXPECT_TRUE(bench.hub.pushes.empty());
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(replica_two_way, a_shift_of_numbers_finds_each_place_free_in_turn) {
  TwoWayBench bench;
  std::vector<DocumentId> documents;
  for (std::uint64_t i = 0; i < 5; ++i) {
    documents.push_back(DocumentId{ReplicaBench::id(80 + i)});
    bench.elsewhere(documents.back(), "00" + std::to_string(i) + ".md", "text " + std::to_string(i));
  }
  for (std::size_t i = 5; i-- > 0;)
    bench.hub.change(documents[i], "00" + std::to_string(i + 1) + ".md", "text " + std::to_string(i));
  bench.tell_head();
  bench.pass(ReplicaBench::a_while);
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_EQ(bench.on_disk("00" + std::to_string(i + 1) + ".md"), "text " + std::to_string(i));
  EXPECT_EQ(bench.disk.files.size(), 5U);
  EXPECT_TRUE(bench.hub.pushes.empty());
}

TEST(replica_two_way, a_deletion_elsewhere_does_not_take_what_was_edited_here) {
  TwoWayBench bench;
  bench.elsewhere(theirs, "a.md", "text");
  bench.cut();
  bench.save("a.md", "edited here");
  bench.pass(seconds{1});
  bench.hub.change(theirs, "a.md", std::nullopt);
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.on_disk("a.md"), "edited here");
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("edited here")));
}

}  // namespace
}  // namespace leanspec::bridge::engine
