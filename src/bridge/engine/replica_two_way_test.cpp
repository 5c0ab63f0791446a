#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bridge/engine/inbox.h"
#include "digest/sha256.h"
#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct TwoWayBench : ReplicaBench {
  TwoWayBench() : ReplicaBench(false) {
    mode = SyncMode::two_way;
    start();
    connect();
  }
  DocumentId document_at(const std::string& path) {
    for (const auto& [document, version] : hub.heads) {
      if (version.path == path && version.digest) return document;
    }
    return {};
  }
  /// Somebody else's change arrives.
  void elsewhere(const DocumentId& document, const std::string& path, std::optional<std::string> text) {
    hub.change(document, path, std::move(text));
    tell_head();
    pass(a_while);
  }
  std::string on_disk(const std::string& path) {
    return disk.files.contains(path) ? disk.files.at(path).text : "(none)";
  }
};

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

TEST(replica_two_way, a_file_that_cannot_be_read_keeps_its_place_and_is_named_as_the_reason) {
  TwoWayBench bench;
  bench.disk.write("a.md", "mine");
  bench.disk.files["a.md"].unreadable = true;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.elsewhere(theirs, "a.md", "theirs");
  bench.pass(seconds{30});
  EXPECT_EQ(bench.on_disk("a.md"), "mine");
  EXPECT_EQ(bench.applications, 0U) << "there is nothing to try";
  EXPECT_NE(bench.status().incoming.at(0).why.find("cannot be read"), std::string::npos);
  bench.disk.files["a.md"].unreadable = false;
  bench.pass(std::chrono::minutes{2});
  EXPECT_EQ(bench.on_disk("a.md"), "mine") << "the hub set it aside";
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("mine")));
}

TEST(replica_two_way, a_large_text_is_fetched_in_parts) {
  TwoWayBench bench;
  const std::string large(3 * wire::limits::part_bytes_max + 7, 'x');
  bench.elsewhere(theirs, "large.md", large);
  EXPECT_EQ(bench.on_disk("large.md"), large);
  EXPECT_EQ(bench.hub.fetches, 4U);
}

TEST(replica_two_way, a_text_that_the_hub_has_lost_is_asked_for_again_and_others_do_not_wait) {
  TwoWayBench bench;
  bench.hub.change(theirs, "lost.md", "lost");
  const auto bodies = bench.hub.bodies;
  bench.hub.bodies.clear();
  bench.tell_head();
  bench.elsewhere(DocumentId{ReplicaBench::id(78)}, "b.md", "there");
  EXPECT_EQ(bench.on_disk("b.md"), "there");
  EXPECT_NE(bench.replica->why("lost.md", bench.now()).sentence.find("the hub does not have its text"),
            std::string::npos);
  bench.hub.bodies = bodies;
  bench.pass(seconds{70});
  EXPECT_EQ(bench.on_disk("lost.md"), "lost");
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

TEST(replica_two_way, a_text_that_came_out_and_that_the_hub_refuses_is_offered_until_it_takes_it) {
  TwoWayBench bench;
  bench.elsewhere(theirs, "a.md", "base");
  bench.hub.reject = "the project is full";
  bench.disk.before_exchange = [&] { bench.disk.write("a.md", "typed"); };
  bench.elsewhere(theirs, "a.md", "new");
  EXPECT_EQ(bench.replica->state().pending.size(), 1U);
  bench.hub.reject.reset();
  bench.pass(seconds{40});
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("typed")));
  EXPECT_TRUE(bench.replica->state().pending.empty());
}

// Law 8
TEST(replica_two_way, a_program_that_has_the_file_open_is_waited_for_five_seconds) {
  TwoWayBench bench;
  bench.elsewhere(theirs, "a.md", "old");
  bench.disk.files["a.md"].writer_open = true;
  bench.elsewhere(theirs, "a.md", "new");
  EXPECT_EQ(bench.on_disk("a.md"), "old");
  EXPECT_NE(bench.replica->why("a.md", bench.now()).sentence.find("open for writing"), std::string::npos);
  bench.pass(seconds{3});
  EXPECT_EQ(bench.on_disk("a.md"), "new");
}

// FS21
TEST(replica_two_way, a_disk_that_refuses_is_tried_again_and_the_reason_is_told) {
  TwoWayBench bench;
  bench.disk.refuses_writes = Error(ErrorCode::no_space, "the disk is full", "a.md");
  bench.elsewhere(theirs, "a.md", "text");
  EXPECT_NE(bench.replica->why("a.md", bench.now()).sentence.find("the disk is full"), std::string::npos);
  const auto tried = bench.applications;
  bench.pass(seconds{120});
  EXPECT_LT(bench.applications, tried + 10) << "less and less often";
  bench.disk.refuses_writes.reset();
  bench.pass(seconds{61});
  EXPECT_EQ(bench.on_disk("a.md"), "text");
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

TEST(replica_two_way, nothing_is_written_while_paused_or_while_deletes_wait_for_a_person) {
  TwoWayBench bench;
  bench.replica->pause(bench.now());
  bench.carry_out();
  bench.elsewhere(theirs, "a.md", "text");
  EXPECT_TRUE(bench.disk.files.empty());
  bench.replica->resume(bench.now());
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.on_disk("a.md"), "text");
}

// Laws 9 and 10, P02
TEST(replica_two_way, killed_right_after_the_disk_was_written_it_knows_at_the_next_start_what_stands_there) {
  for (const std::optional<std::string>& next : {std::optional<std::string>("new"), std::optional<std::string>()}) {
    TwoWayBench bench;
    bench.elsewhere(theirs, "a.md", "old");
    bench.lose_power = true;
    bench.hub.change(theirs, "a.md", next);
    bench.tell_head();
    EXPECT_EQ(bench.on_disk("a.md"), next.value_or("(none)"));
    EXPECT_FALSE(bench.store.durable().intents.empty());
    EXPECT_NE(bench.store.durable().synced, bench.store.durable().remote);
    bench.lose_power = false;
    bench.start();
    bench.connect();
    bench.pass(ReplicaBench::a_while);
    EXPECT_TRUE(bench.agrees());
    EXPECT_TRUE(bench.hub.pushes.empty());
    EXPECT_TRUE(bench.replica->state().intents.empty());
  }
}

// I5
TEST(replica_two_way, after_a_crash_an_equal_text_in_the_way_is_not_taken_for_the_one_that_was_to_come) {
  TwoWayBench bench;
  const std::string same(100, 'x');
  bench.elsewhere(theirs, "a.md", same);
  bench.lose_power_first = true;
  bench.hub.change(theirs, "b.md", same);
  bench.hub.change(DocumentId{ReplicaBench::id(78)}, "a.md", same);
  bench.tell_head();
  ASSERT_EQ(bench.store.durable().intents.size(), 2U) << "one goes, the other comes to its place";
  bench.lose_power_first = false;
  bench.start();
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.on_disk("a.md"), same);
  EXPECT_EQ(bench.on_disk("b.md"), same);
  EXPECT_EQ(bench.hub.live(), 2U);
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

// I5, law 7
TEST(replica_two_way, another_folder_in_place_of_the_root_deletes_nothing_when_it_is_approved) {
  TwoWayBench bench;
  for (int i = 0; i < 3; ++i) bench.save("f" + std::to_string(i) + ".md", "text " + std::to_string(i));
  bench.pass(ReplicaBench::a_while);
  bench.disk.files.erase("f1.md");
  bench.disk.root_inode = 99;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.status().state, ReplicaStateName::halted);
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.live(), 3U);
  EXPECT_EQ(bench.on_disk("f1.md"), "text 1") << "it comes back";
}

struct PullBench : TwoWayBench {
  PullBench() {
    mode = SyncMode::pull;
    start();
    connect();
  }
};

TEST(replica_pull, what_the_hub_has_comes_here_and_nothing_is_sent) {
  PullBench bench;
  bench.elsewhere(theirs, "a.md", "one");
  EXPECT_EQ(bench.on_disk("a.md"), "one");
  bench.save("own.md", "only here");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_THAT(bench.hub.pushes, testing::IsEmpty());
  EXPECT_EQ(bench.status().state, ReplicaStateName::differs);
  ASSERT_EQ(bench.status().held.size(), 1U);
  EXPECT_EQ(bench.status().held[0].path, "own.md");
}

TEST(replica_pull, what_was_edited_or_deleted_here_is_not_written_over_until_it_is_as_the_hub_had_it) {
  PullBench bench;
  bench.elsewhere(theirs, "a.md", "one");
  bench.save("a.md", "mine");
  bench.pass(ReplicaBench::a_while);
  bench.elsewhere(theirs, "a.md", "two");
  EXPECT_EQ(bench.on_disk("a.md"), "mine");
  EXPECT_THAT(bench.hub.pushes, testing::IsEmpty());
  bench.save("a.md", "one");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.on_disk("a.md"), "two");
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

/// An old copy of the folder, put in its place; its text is shorter, which has to settle first.
TEST(replica_two_way, another_folder_in_place_of_the_root_undoes_nothing_when_it_is_approved) {
  TwoWayBench bench;
  bench.save("a.md", "first");
  bench.pass(ReplicaBench::a_while);
  bench.save("a.md", "second");
  bench.pass(ReplicaBench::a_while);
  bench.disk.write("a.md", "first");
  bench.disk.write("b.md", "only there");
  bench.disk.root_inode = 99;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  ASSERT_EQ(bench.status().state, ReplicaStateName::halted) << to_string(bench.status().state) << bench.status().detail;
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  for (const auto& push : bench.hub.pushes) {
    if (push.digest == digest::sha256("first")) {
      EXPECT_EQ(push.base, std::nullopt);
    }
  }
  EXPECT_EQ(bench.hub.text_at("b.md"), "only there");
}

}  // namespace
}  // namespace leanspec::bridge::engine
