#include "store/sqlite/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "digest/sha256.h"
#include "store/sqlite/backup_for_test.h"
#include "store/sqlite/migration.h"
#include "store/sqlite/open.h"
#include "store/sqlite/restore.h"
#include "store/sqlite/staged_file.h"
#include "store/sqlite/verify.h"

namespace leanspec::store::sqlite {
namespace {

using testing::HasSubstr;

TEST_F(BackupTest, holds_what_was_committed_and_is_for_its_owner_only) {
  append(1, "one");
  append(1, "two");
  append(2, "three");
  const auto contents = back_up_now();
  ASSERT_TRUE(contents) << contents.error().sentence();
  EXPECT_EQ(contents->epoch, store_->epoch());
  EXPECT_EQ(contents->versions, 3U);
  ASSERT_EQ(contents->branches.size(), 1U);
  EXPECT_EQ(contents->branches[0].head, Seq{3});
  EXPECT_EQ(contents->branches[0].documents, 2U);
  EXPECT_EQ(contents->size, fs::file_size(file_));
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms(0600));
}

TEST_F(BackupTest, texts_that_are_kept_as_chains_are_in_it_and_come_back) {
  std::string text;
  for (int number = 0; text.size() < 5'000; ++number) text += to_hex(digest::sha256(std::to_string(number))) + "\n";
  std::vector<std::string> texts;
  std::optional<VersionId> parent;
  for (int edit = 0; edit < 5; ++edit) {
    texts.push_back(text + "edit " + std::to_string(edit));
    append(1, texts.back(), parent);
  }
  ASSERT_TRUE(store_->write([](Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto looked_at, session.bodies().chain_old(host::system_clock().now(), 100));
    EXPECT_EQ(looked_at, 5U);
    return {};
  }));
  const auto contents = back_up_now();
  ASSERT_TRUE(contents) << contents.error().sentence();
  store_.reset();
  ASSERT_TRUE(restore());
  store_ = open(folder_ / "data");
  for (const auto& each : texts) {
    ASSERT_TRUE(store_->read([&](Session& session) -> Status {
      LEANSPEC_ASSIGN(const auto body, session.bodies().get(digest::sha256(each)));
      EXPECT_EQ(body, each);
      return {};
    }));
  }
  store_.reset();
  tamper("UPDATE bodies SET base = NULL WHERE base IS NOT NULL AND rowid = 1");
  EXPECT_THAT(verify_database(file_, "shown").error().sentence(), HasSubstr("is damaged"));
}

TEST_F(BackupTest, one_from_before_there_were_chains_is_verified_as_well) {
  const fs::path old = folder_ / "old.backup";
  {
    const auto database = Database::open(old, Access::read_write);
    ASSERT_TRUE(database);
    ASSERT_TRUE(migrate(**database, migrations().first(4)));
    ASSERT_TRUE(
        (*database)->execute("INSERT INTO meta (name, value) VALUES ('epoch', zeroblob(16));"
                             "INSERT INTO bodies (digest, size, form, content) VALUES "
                             "(x'982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1', 4, 0, x'74657874');"
                             "PRAGMA journal_mode = DELETE"));
  }
  const auto contents = verify_database(old, "shown");
  ASSERT_TRUE(contents) << contents.error().sentence();
  EXPECT_EQ(contents->bodies, 1U);
  EXPECT_EQ(contents->schema, 4);
}

TEST_F(BackupTest, commits_while_it_is_copied_neither_wait_nor_appear_nor_make_it_begin_anew) {
  for (int number = 0; number < 40; ++number) append(1, std::to_string(number) + std::string(300'000, 'x'));
  const auto reader = Database::open(folder_ / "data/hub.db", Access::read_only);
  ASSERT_TRUE(reader);
  auto staged = StagedFile::make(file_);
  ASSERT_TRUE(staged);
  std::uint8_t steps = 0;
  // Noise does not compress: some MiB of it, so that there are several steps.
  std::string noise;
  for (int number = 0; noise.size() < 9'000'000; ++number) noise += to_hex(digest::sha256(std::to_string(number)));
  append(2, noise);
  append(3, "n" + noise);
  const Status copied = copy_pages(
      **reader, staged->path(),
      [&]() -> Status {
        ++steps;
        append(static_cast<std::uint8_t>(100 + steps), "committed after step " + std::to_string(steps));
        return {};
      },
      "shown");
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_GE(steps, 2);
  const auto contents = verify_database(staged->path(), "shown");
  ASSERT_TRUE(contents) << contents.error().sentence();
  EXPECT_EQ(contents->branches[0].head, Seq{42}) << "as of the moment when it began";
}

TEST_F(BackupTest, a_failure_in_the_middle_leaves_nothing) {
  append(1, "one");
  {
    const auto reader = Database::open(folder_ / "data/hub.db", Access::read_only);
    ASSERT_TRUE(reader);
    const auto staged = StagedFile::make(file_);
    ASSERT_TRUE(staged);
    const Status copied = copy_pages(
        **reader, staged->path(), [] { return Status(Error(ErrorCode::no_space, "full")); }, "shown");
    EXPECT_FALSE(copied);
  }
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(BackupTest, what_a_killed_one_left_is_taken_over_and_two_at_a_time_do_not_meet) {
  append(1, "one");
  const std::string partial = file_.string() + ".partial";
  std::ofstream(partial) << std::string(1'000'000, 'x');
  ASSERT_TRUE(back_up_now());
  EXPECT_FALSE(fs::exists(partial));
  const auto other = StagedFile::make(partial);
  ASSERT_TRUE(other);
  const auto second = back_up_now(true);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

TEST_F(BackupTest, more_room_than_the_disk_has_is_refused_in_figures) {
  const Status refused = check_room(folder_, std::uint64_t{1} << 60);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::no_space);
  EXPECT_THAT(refused.error().sentence(), HasSubstr("MB"));
}

struct Damage {
  const char* name;
  const char* sql;
  const char* said;
};
class DamagedBackup : public BackupTest, public testing::WithParamInterface<Damage> {};

TEST_P(DamagedBackup, is_refused_and_named) {
  append(1, "one");
  append(2, "two");
  append(1, "three");
  ASSERT_TRUE(back_up_now());
  tamper(GetParam().sql);
  const auto contents = verify_database(file_, "my backup");
  ASSERT_FALSE(contents);
  EXPECT_THAT(contents.error().sentence(), testing::AllOf(HasSubstr("my backup"), HasSubstr(GetParam().said)));
}

INSTANTIATE_TEST_SUITE_P(
    table, DamagedBackup,
    testing::Values(
        Damage{"text", "UPDATE bodies SET content = CAST('tow' AS BLOB) WHERE rowid = 2",
               "of spec-2/README.md is damaged"},
        Damage{"size", "UPDATE versions SET size = 7 WHERE position = 2", "another size"},
        Damage{"missing_text", "DELETE FROM bodies WHERE rowid = 2", "missing row"},
        Damage{"path", "UPDATE versions SET path = 'other.md' WHERE position = 2", "entry 2 of the feed (other.md)"},
        Damage{"author_of_a_link", "UPDATE versions SET document = zeroblob(16) WHERE position = 2",
               "entry 2 of the feed"},
        Damage{
            "gap",
            "PRAGMA foreign_keys = OFF; DROP TRIGGER versions_are_never_removed; DELETE FROM heads WHERE version = 2; "
            "DELETE FROM versions WHERE position = 2; CREATE TRIGGER versions_are_never_removed BEFORE DELETE ON "
            "versions BEGIN SELECT 1; END",
            "entry 2 of a feed is missing"},
        Damage{"cut_feed", "UPDATE branches SET head = 2", "does not end where it says"},
        Damage{"branch_digest", "UPDATE branches SET head_digest = zeroblob(32)", "does not end where it says"},
        Damage{"old_head", "UPDATE heads SET version = 1 WHERE version = 3", "is not its last version"},
        Damage{"lost_head", "DELETE FROM heads WHERE version = 2", "is not its last version"},
        Damage{"no_epoch", "DELETE FROM meta", "which life"},
        Damage{"no_table", "DROP TABLE uploads", "lacks the table uploads"},
        Damage{"newer", "PRAGMA user_version = 4711", "4711"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST_F(BackupTest, a_log_beside_it_is_refused_for_it_holds_more) {
  append(1, "one");
  ASSERT_TRUE(back_up_now());
  std::ofstream(file_.string() + "-wal") << "commits";
  const auto contents = verify_database(file_, file_.string());
  ASSERT_FALSE(contents);
  EXPECT_EQ(contents.error().code, ErrorCode::unsupported);
  EXPECT_THAT(contents.error().sentence(), HasSubstr("-wal"));
}

}  // namespace
}  // namespace leanspec::store::sqlite
