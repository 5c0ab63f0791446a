#include "bridge/disk/state_database.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "bridge/disk/root_lock.h"
#include "digest/sha256.h"
#include "host/durable_file.h"
#include "host/entropy.h"

namespace leanspec::bridge::disk {
namespace {

using engine::LocalRow;
using engine::PendingChange;
using engine::ReplicaRow;
using engine::ReplicaState;
using engine::StateUpdate;

[[nodiscard]] Uuid uuid(std::uint8_t number) {
  Uuid made;
  made.bytes[15] = number;
  return made;
}

class StateDatabaseTest : public testing::Test {
 protected:
  StateDatabaseTest() {
    char name[] = "/tmp/leanspec-state-XXXXXX";
    folder_ = ::mkdtemp(name);
    file_ = folder_ + "/replica.db";
  }
  ~StateDatabaseTest() override { EXPECT_EQ(::system(("rm -rf '" + folder_ + "'").c_str()), 0); }

  std::unique_ptr<engine::StateStore> open() {
    auto opened = open_state_database(file_, Instant(std::chrono::milliseconds(77)));
    EXPECT_TRUE(opened) << opened.error().sentence();
    notice_ = opened->notice;
    return std::move(opened->store);
  }

  static StateUpdate full_update() {
    StateUpdate update;
    ReplicaRow replica;
    replica.cursor = Cursor{Epoch{uuid(1)}, Seq{~0ULL}};
    replica.cursor_digest = digest::sha256("cursor");
    replica.paused = true;
    replica.root = sync::RootIdentity{~0ULL, 12, uuid(2)};
    replica.last_sync = Instant(std::chrono::milliseconds(99));
    replica.seed = engine::Seed{"main", Seq{7}, "c0ffee", Epoch{uuid(9)}};
    replica.has_disk = true;
    update.replica = replica;
    LocalRow local;
    local.path = "caf\xC3\xA9/\xFF.md";
    local.file.digest = digest::sha256("a");
    local.file.facts = sync::FileFacts{sync::FileKind::regular, 1, ~0ULL, 3, -4, 5, 6, 0644};
    local.file.racy = true;
    update.local[DocumentId{uuid(3)}] = local;
    update.synced[DocumentId{uuid(3)}] = sync::Node{"a.md", digest::sha256("a"), 3, VersionId{uuid(4)}};
    update.remote[DocumentId{uuid(3)}] = sync::Node{"b.md", digest::sha256("b"), 4, std::nullopt};
    update.holds[DocumentId{uuid(3)}] = sync::Hold{std::nullopt, "a.md", "kept as it is"};
    PendingChange change;
    change.change = ChangeId{uuid(5)};
    change.document = DocumentId{uuid(3)};
    change.base = VersionId{uuid(4)};
    change.base_digest = digest::sha256("a");
    change.path = "a.md";
    change.digest = digest::sha256("body");
    change.size = 4;
    change.moved_only = true;
    change.group = GroupId{uuid(6)};
    change.group_size = 2;
    change.edited =
        engine::EditTime{uuid(7), BootTime(std::chrono::nanoseconds(8)), Instant(std::chrono::milliseconds(9))};
    change.sent = true;
    change.displaced = true;
    change.approval = GuardId{uuid(10)};
    update.pending[change.change] = change;
    update.bodies[digest::sha256("body")] = std::make_shared<const std::string>("body");
    update.bodies[digest::sha256("")] = std::make_shared<const std::string>();
    engine::Intent coming;
    coming.document = DocumentId{uuid(3)};
    coming.from = "a.md";
    coming.expected = digest::sha256("a");
    coming.to = "caf\xC3\xA9.md";
    coming.digest = digest::sha256("b");
    coming.size = 1;
    coming.base = VersionId{uuid(4)};
    coming.version = VersionId{uuid(8)};
    coming.done = true;
    coming.boot = uuid(14);
    coming.modified_ns = -15;
    update.intents["staged"] = coming;
    engine::Intent going;
    going.document = DocumentId{uuid(9)};
    going.from = "gone.md";
    going.expected = digest::sha256("gone");
    update.intents["other"] = going;
    update.former[DocumentId{uuid(3)}] =
        engine::FormerState{Epoch{uuid(11)}, sync::Node{"was.md", digest::sha256("was"), 3, VersionId{uuid(12)}}};
    update.former[DocumentId{uuid(13)}] =
        engine::FormerState{Epoch{}, sync::Node{"merged.md", digest::sha256("merged"), 6, std::nullopt}};
    update.released = {{change.edited, 3}, {change.edited, 4}};
    update.replica->git_branch = "main";
    update.replica->in_doubt = true;
    update.replica->watched_until = Instant(std::chrono::milliseconds(98));
    update.replica->leap = engine::ClockLeap{Instant(std::chrono::milliseconds(97)), std::chrono::milliseconds(96)};
    return update;
  }

  std::string folder_;
  std::string file_;
  std::string notice_;
};

TEST_F(StateDatabaseTest, a_new_file_is_an_empty_state) {
  const ReplicaState state = *open()->load();
  EXPECT_FALSE(state.replica.cursor);
  EXPECT_TRUE(state.local.empty());
  EXPECT_TRUE(notice_.empty());
}

TEST_F(StateDatabaseTest, every_row_comes_back_as_it_was_written) {
  const StateUpdate update = full_update();
  ASSERT_TRUE(open()->commit(update));
  const auto store = open();
  const ReplicaState state = *store->load();
  EXPECT_EQ(state.replica, *update.replica);
  EXPECT_EQ(state.local.at(DocumentId{uuid(3)}), *update.local.at(DocumentId{uuid(3)}));
  EXPECT_EQ(state.synced.at(DocumentId{uuid(3)}), *update.synced.at(DocumentId{uuid(3)}));
  EXPECT_EQ(state.remote.at(DocumentId{uuid(3)}), *update.remote.at(DocumentId{uuid(3)}));
  EXPECT_EQ(state.former.at(DocumentId{uuid(3)}), *update.former.at(DocumentId{uuid(3)}));
  EXPECT_EQ(state.former.at(DocumentId{uuid(13)}), *update.former.at(DocumentId{uuid(13)}));
  EXPECT_EQ(state.holds.at(DocumentId{uuid(3)}), *update.holds.at(DocumentId{uuid(3)}));
  EXPECT_EQ(state.pending.at(ChangeId{uuid(5)}), *update.pending.at(ChangeId{uuid(5)}));
  EXPECT_EQ(state.released, *update.released);
  ASSERT_EQ(state.intents.size(), 2U);
  EXPECT_EQ(state.intents.at("staged"), *update.intents.at("staged"));
  EXPECT_EQ(state.intents.at("other"), *update.intents.at("other"));
  EXPECT_EQ(state.bodies.size(), 2U);
  EXPECT_EQ(*store->body(digest::sha256("body")), "body");
  EXPECT_EQ(*store->body(digest::sha256("")), "");
  EXPECT_EQ(store->body(digest::sha256("none")).error().code, ErrorCode::not_found);
}

TEST_F(StateDatabaseTest, the_last_32_different_texts_of_a_document_are_remembered_the_newest_first) {
  const auto text = [](std::size_t number) {
    return engine::Ancestor{
        digest::sha256(std::to_string(number)), VersionId{uuid(4)}, "a.md", number, number % 2 == 0, false};
  };
  const DocumentId document{uuid(3)};
  StateUpdate update;
  for (std::size_t number = 0; number <= engine::ancestors_max; ++number)
    update.ancestors.emplace_back(document, text(number));
  ASSERT_TRUE(open()->commit(update));
  update.ancestors = {{document, text(5)}, {DocumentId{uuid(4)}, text(1)}};
  ASSERT_TRUE(open()->commit(update));
  const auto store = open();
  const auto all = *store->ancestors(document);
  ASSERT_EQ(all.size(), engine::ancestors_max);
  EXPECT_EQ(all[0], text(5));
  EXPECT_EQ(all[1], text(engine::ancestors_max));
  EXPECT_EQ(all.back(), text(1));
  EXPECT_EQ(*store->documents_once_at("a.md"), (std::vector<DocumentId>{document, DocumentId{uuid(4)}}));
  EXPECT_TRUE(store->documents_once_at("b.md")->empty());
}

TEST_F(StateDatabaseTest, removed_rows_are_gone) {
  const auto store = open();
  ASSERT_TRUE(store->commit(full_update()));
  StateUpdate update;
  update.local[DocumentId{uuid(3)}] = std::nullopt;
  update.synced[DocumentId{uuid(3)}] = std::nullopt;
  update.clear_remote = true;
  update.remote[DocumentId{uuid(9)}] = sync::Node{"n.md", digest::sha256("n"), 1, VersionId{uuid(4)}};
  update.holds[DocumentId{uuid(3)}] = std::nullopt;
  update.pending[ChangeId{uuid(5)}] = std::nullopt;
  update.bodies[digest::sha256("body")] = nullptr;
  update.intents["staged"] = std::nullopt;
  ASSERT_TRUE(store->commit(update));
  const ReplicaState state = *store->load();
  EXPECT_TRUE(state.local.empty() && state.synced.empty() && state.holds.empty() && state.pending.empty());
  EXPECT_EQ(state.remote.size(), 1U);
  EXPECT_EQ(state.bodies.size(), 1U);
  EXPECT_EQ(state.intents.size(), 1U);
  EXPECT_TRUE(state.replica.cursor);
}

TEST_F(StateDatabaseTest, bodies_keep_the_order_in_which_they_came) {
  const auto store = open();
  for (const char* text : {"one", "two", "one"}) {
    StateUpdate update;
    update.bodies[digest::sha256(text)] = std::make_shared<const std::string>(text);
    ASSERT_TRUE(store->commit(update));
  }
  const ReplicaState state = *store->load();
  EXPECT_LT(state.bodies.at(digest::sha256("one")).order, state.bodies.at(digest::sha256("two")).order);
}

TEST_F(StateDatabaseTest, a_damaged_file_is_kept_and_named_and_the_state_starts_empty) {
  ASSERT_TRUE(open()->commit(full_update()));
  ASSERT_TRUE(host::write_durable_file(file_, "this was a database once, and it is not any more; so much is sure"));
  const auto store = open();
  EXPECT_NE(notice_.find(file_ + ".damaged-77"), std::string::npos);
  EXPECT_TRUE(host::path_exists(file_ + ".damaged-77"));
  EXPECT_TRUE(store->load()->synced.empty());
  EXPECT_TRUE(store->commit(full_update()));
}

TEST_F(StateDatabaseTest, who_only_looks_names_the_damage_and_leaves_the_file_to_whom_people_hear) {
  ASSERT_TRUE(open()->commit(full_update()));
  EXPECT_TRUE((*look_at_state_database(file_))->load()->replica.paused);
  const std::string damage(20'000, '\x5A');
  ASSERT_TRUE(host::write_durable_file(file_, damage));
  const auto looked = look_at_state_database(file_);
  ASSERT_FALSE(looked);
  EXPECT_EQ(looked.error().code, ErrorCode::corrupt);
  EXPECT_EQ(*host::read_small_file(file_, damage.size()), damage);
  const auto store = open();
  EXPECT_FALSE(notice_.empty());
  EXPECT_EQ(*host::read_small_file(file_ + ".damaged-77", damage.size()), damage);
}

TEST_F(StateDatabaseTest, a_damaged_page_is_found_at_the_start) {
  {
    const auto store = open();
    StateUpdate update;
    for (std::uint8_t i = 1; i < 250; ++i) {
      update.synced[DocumentId{uuid(i)}] =
          sync::Node{std::string(200, 'p') + std::to_string(i), digest::sha256("a"), 3, VersionId{uuid(4)}};
    }
    ASSERT_TRUE(store->commit(update));
  }
  struct stat facts {};
  ASSERT_EQ(::stat(file_.c_str(), &facts), 0);
  const int file = ::open(file_.c_str(), O_WRONLY | O_CLOEXEC);
  const std::string garbage(4096, '\x5A');
  for (off_t at = 3 * 4096; at < facts.st_size; at += 4096)
    ASSERT_EQ(::pwrite(file, garbage.data(), garbage.size(), at), 4096);
  ::close(file);
  const auto store = open();
  EXPECT_FALSE(notice_.empty());
  EXPECT_TRUE(store->load()->synced.empty());
}

TEST_F(StateDatabaseTest, a_file_of_the_first_version_is_upgraded_with_all_that_is_in_it) {
  ASSERT_TRUE(open()->commit(full_update()));
  sqlite3* first = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &first), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(first,
                         "DROP TABLE released; DROP TABLE intent; ALTER TABLE pending DROP COLUMN displaced; "
                         "ALTER TABLE pending DROP COLUMN approval; "
                         "ALTER TABLE replica DROP COLUMN git_branch; ALTER TABLE replica DROP COLUMN seed_of; "
                         "ALTER TABLE replica DROP COLUMN seed_seq; ALTER TABLE replica DROP COLUMN seed_commit; "
                         "ALTER TABLE replica DROP COLUMN has_disk; ALTER TABLE replica DROP COLUMN in_doubt; "
                         "ALTER TABLE replica DROP COLUMN watched_until; ALTER TABLE replica DROP COLUMN leap_before; "
                         "ALTER TABLE replica DROP COLUMN leap_by; ALTER TABLE replica DROP COLUMN seed_epoch; "
                         "DROP TABLE lineage; DROP TABLE former; "
                         "PRAGMA user_version = 1",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  ASSERT_EQ(sqlite3_close(first), SQLITE_OK);
  const auto store = open();
  EXPECT_EQ(notice_, "");
  EXPECT_EQ(store->load()->pending.size(), 1U);
  EXPECT_TRUE(store->load()->released.empty());
  EXPECT_EQ(store->load()->replica.last_sync, full_update().replica->last_sync);
  EXPECT_FALSE(store->load()->replica.watched_until);
  EXPECT_FALSE(store->load()->replica.leap);
  ASSERT_TRUE(store->commit(full_update()));
  EXPECT_EQ(store->load()->released.size(), 2U);
}

TEST_F(StateDatabaseTest, a_file_of_a_later_version_is_left_alone) {
  ASSERT_TRUE(open()->commit(full_update()));
  // user_version stands at offset 60 of the header, big-endian.
  const int header = ::open(file_.c_str(), O_WRONLY | O_CLOEXEC);
  const unsigned char later[4] = {0, 0, 0, state_schema_version + 1};
  ASSERT_EQ(::pwrite(header, later, sizeof later, 60), 4);
  ::close(header);
  const auto opened = open_state_database(file_, Instant());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
  EXPECT_TRUE(host::path_exists(file_));
}

TEST_F(StateDatabaseTest, a_second_process_is_refused) {
  const auto first = open();
  ASSERT_TRUE(first->commit(full_update()));
  const auto second = open_state_database(file_, Instant());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

TEST_F(StateDatabaseTest, the_same_folder_is_locked_once) {
  {
    const auto first = RootLock::acquire(folder_);
    ASSERT_TRUE(first);
    ASSERT_TRUE(first->held());
    const auto second = RootLock::acquire(folder_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
    EXPECT_NE(second.error().what.find("another leanspec-bridge"), std::string::npos);
  }
  EXPECT_TRUE(RootLock::acquire(folder_));
  EXPECT_EQ(RootLock::acquire(folder_ + "/none").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace leanspec::bridge::disk
