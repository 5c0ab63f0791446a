#include "bridge/engine/catch_up.h"

#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "sync/rolling_digest.h"
#include "tests/fakes/memory_state_store.h"
#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

const Epoch life{fakes::ReplicaBench::id(9)};
const DocumentId mine{fakes::ReplicaBench::id(1)};
const DocumentId theirs{fakes::ReplicaBench::id(2)};

/// Somewhere in the feed `document` stands at `path` with that as its text; nothing: it is deleted there.
wire::Entry entry_of(std::uint64_t seq, const DocumentId& document, std::optional<std::string> path) {
  wire::Entry entry;
  entry.seq = Seq{seq};
  entry.document = document;
  entry.version = VersionId{fakes::ReplicaBench::id(1000 + seq)};
  entry.path = path.value_or("gone.md");
  if (path) entry.digest = digest::sha256(*path);
  return entry;
}

sync::Node node_of(const wire::Entry& entry) {
  return sync::Node{entry.path, *entry.digest, entry.size, entry.version};
}

/// What the hub says of a stretch of its feed up to its head, leaving out what is superseded in it.
wire::Changes page_of(std::uint64_t after, std::uint64_t head, std::vector<wire::Entry> entries,
                      const std::string& history) {
  wire::Changes page;
  page.epoch = life;
  page.after = Seq{after};
  page.digest_before = after == 0 ? Digest{} : digest::sha256(history + std::to_string(after));
  page.entries = std::move(entries);
  page.head = page.through = Seq{head};
  page.digest_through = digest::sha256(history + std::to_string(head));
  return page;
}

wire::Welcome welcome_at(std::uint64_t head, const std::string& history, bool resume) {
  wire::Welcome welcome;
  welcome.epoch = life;
  welcome.head = Seq{head};
  welcome.head_digest = digest::sha256(history + std::to_string(head));
  welcome.resume = resume;
  return welcome;
}

/// A replica that has read the first two changes of the feed and whose own push stands at 4, with another's before it.
struct CatchUpTest : testing::Test {
  CatchUpTest() {
    EXPECT_EQ(catch_up.welcome(welcome_at(2, "first ", false)).pull, wire::Pull{Seq{0}});
    EXPECT_TRUE(catch_up.page(page_of(0, 2, {entry_of(2, theirs, "a.md")}, "first ")).complete);
    push(4);
  }
  void push(std::uint64_t seq) {
    const auto node = node_of(entry_of(seq, mine, "mine.md"));
    ledger.set_remote(mine, node);
    catch_up.pushed(mine, node, Seq{seq});
  }

  fakes::MemoryStateStore store;
  Ledger ledger{store, ReplicaState{}};
  CatchUp catch_up{ledger};
};

TEST_F(CatchUpTest, an_own_push_is_kept_against_older_changes_of_the_document) {
  EXPECT_EQ(catch_up.head(Seq{4}).pull, wire::Pull{Seq{2}});
  push(5);
  EXPECT_TRUE(catch_up.page(page_of(2, 4, {entry_of(3, mine, "old.md")}, "first ")).complete);
  EXPECT_EQ(ledger.remote(mine)->path, "mine.md");
}

// Law 20
TEST_F(CatchUpTest, read_anew_the_hub_is_believed_also_about_what_was_pushed_before_its_head) {
  EXPECT_EQ(catch_up.head(Seq{6}).pull, wire::Pull{Seq{2}});
  EXPECT_EQ(catch_up.page(page_of(2, 6, {}, "other ")).pull, wire::Pull{Seq{0}}) << "not the history that we know";
  EXPECT_TRUE(
      catch_up.page(page_of(0, 6, {entry_of(2, theirs, "a.md"), entry_of(5, theirs, "b.md")}, "other ")).complete);
  EXPECT_EQ(ledger.remote(mine), nullptr) << "in this history it never was";
  EXPECT_EQ(ledger.remote(theirs)->path, "b.md");
}

// Law 20
TEST_F(CatchUpTest, read_anew_an_older_state_in_the_feed_counts_more_than_a_push_that_is_not_in_it) {
  EXPECT_EQ(catch_up.head(Seq{6}).pull, wire::Pull{Seq{2}});
  EXPECT_EQ(catch_up.page(page_of(2, 6, {}, "other ")).pull, wire::Pull{Seq{0}});
  EXPECT_TRUE(catch_up.page(page_of(0, 6, {entry_of(3, mine, "older.md")}, "other ")).complete);
  EXPECT_EQ(ledger.remote(mine)->path, "older.md");
}

TEST_F(CatchUpTest, what_is_pushed_while_everything_is_read_anew_is_kept) {
  EXPECT_EQ(catch_up.head(Seq{6}).pull, wire::Pull{Seq{2}});
  EXPECT_EQ(catch_up.page(page_of(2, 6, {}, "other ")).pull, wire::Pull{Seq{0}});
  push(7);
  EXPECT_TRUE(catch_up.page(page_of(0, 6, {entry_of(5, theirs, "b.md")}, "other ")).complete);
  ASSERT_NE(ledger.remote(mine), nullptr);
  EXPECT_EQ(ledger.remote(mine)->path, "mine.md");
}

// Law 20
TEST_F(CatchUpTest, a_push_beyond_the_head_of_a_hub_that_lost_it_is_no_news_on_the_next_connection) {
  catch_up.disconnected();
  EXPECT_EQ(catch_up.welcome(welcome_at(3, "other ", true)).pull, wire::Pull{Seq{2}});
  EXPECT_EQ(catch_up.page(page_of(2, 3, {}, "other ")).pull, wire::Pull{Seq{0}});
  EXPECT_TRUE(catch_up.page(page_of(0, 3, {entry_of(3, theirs, "b.md")}, "other ")).complete);
  EXPECT_EQ(ledger.remote(mine), nullptr);
}

}  // namespace
}  // namespace leanspec::bridge::engine
