#include "store/sqlite/open.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "digest/sha256.h"
#include "store/sql/version_log.h"

namespace leanspec::store::sqlite {
namespace {

class OpenSqlite : public testing::Test {
 protected:
  OpenSqlite() {
    std::string name = (std::filesystem::temp_directory_path() / "leanspec-open-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~OpenSqlite() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] Result<std::unique_ptr<Store>> open() {
    return open_sqlite(folder_, host::system_clock(), host::system_entropy(), host::silent_log());
  }
  [[nodiscard]] Error refusal() {
    Result<std::unique_ptr<Store>> opened = open();
    if (!opened) return std::move(opened).error();
    ADD_FAILURE() << "it opened";
    return Error(ErrorCode::cancelled, "");
  }
  /// What another program does to the file.
  void execute(const char* sql) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((folder_ / "hub.db").c_str(), &connection), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(connection);
    sqlite3_close(connection);
  }

  std::filesystem::path folder_;
};

TEST_F(OpenSqlite, makes_the_folder_and_keeps_the_epoch_for_ever) {
  folder_ /= "new";
  Epoch epoch;
  {
    const auto store = open();
    ASSERT_TRUE(store.has_value()) << store.error().sentence();
    epoch = (*store)->epoch();
    EXPECT_FALSE(epoch.value().is_nil());
  }
  const auto again = open();
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ((*again)->epoch(), epoch);
}

TEST_F(OpenSqlite, a_look_up_by_path_does_not_walk_the_branch) {
  ASSERT_TRUE(open().has_value());
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open((folder_ / "hub.db").c_str(), &connection), SQLITE_OK);
  const std::string question = std::string("EXPLAIN QUERY PLAN ") + sql::find_head_at_path;
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(connection, question.c_str(), -1, &statement, nullptr), SQLITE_OK);
  std::string plan;
  while (sqlite3_step(statement) == SQLITE_ROW)
    plan += std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3))) + "\n";
  sqlite3_finalize(statement);
  sqlite3_close(connection);
  EXPECT_NE(plan.find("heads_by_path (branch=? AND path=?)"), std::string::npos) << plan;
}

TEST_F(OpenSqlite, the_files_are_for_their_owner_only) {
  const auto store = open();
  ASSERT_TRUE(store.has_value());
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_EQ(entry.status().permissions() & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
              std::filesystem::perms::none)
        << entry.path();
  }
}

TEST_F(OpenSqlite, a_second_hub_is_refused_and_told_who_has_it) {
  const auto first = open();
  ASSERT_TRUE(first.has_value());
  const Error error = refusal();
  EXPECT_EQ(error.code, ErrorCode::conflict);
  EXPECT_NE(error.sentence().find(std::to_string(::getpid())), std::string::npos) << error.sentence();
}

TEST_F(OpenSqlite, a_newer_schema_is_refused_with_what_to_do) {
  static_cast<void>(open());
  execute("PRAGMA user_version = 4711");
  const Error error = refusal();
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_NE(error.sentence().find("4711"), std::string::npos);
  EXPECT_NE(error.sentence().find("newer"), std::string::npos);
}

TEST_F(OpenSqlite, another_programs_database_is_not_touched) {
  execute("CREATE TABLE theirs (x)");
  EXPECT_EQ(refusal().code, ErrorCode::unsupported);
  execute("INSERT INTO theirs VALUES (1)");
}

TEST_F(OpenSqlite, a_file_that_is_no_database_is_corrupt_and_left_as_it_is) {
  std::ofstream(folder_ / "hub.db") << std::string(5'000, 'x');
  const Error error = refusal();
  EXPECT_EQ(error.code, ErrorCode::corrupt);
  EXPECT_NE(error.sentence().find("hub.db"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(folder_ / "hub.db"), 5'000U);
}

TEST_F(OpenSqlite, versions_bodies_and_the_feed_cannot_be_rewritten_even_by_hand) {
  {
    const auto store = open();
    ASSERT_TRUE((*store)
                    ->write([](Session& session) -> Status {
                      Project project;
                      project.id = ProjectId{"p"};
                      LEANSPEC_TRY(session.projects().create(project));
                      LEANSPEC_ASSIGN(const Branch branch, session.versions().create_branch(project.id, "main"));
                      Version version;
                      version.id = VersionId{Uuid{{1}}};
                      version.branch = branch.id;
                      version.digest = digest::sha256("text");
                      LEANSPEC_TRY(session.bodies().put(*version.digest, "text"));
                      LEANSPEC_TRY(session.versions().append(version));
                      return {};
                    })
                    .has_value());
  }
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open((folder_ / "hub.db").c_str(), &connection), SQLITE_OK);
  for (const char* sql : {"UPDATE versions SET path = 'other'", "DELETE FROM versions", "DELETE FROM bodies",
                          "UPDATE versions SET seq = 9"}) {
    EXPECT_EQ(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr), SQLITE_CONSTRAINT) << sql;
  }
  sqlite3_close(connection);
}

}  // namespace
}  // namespace leanspec::store::sqlite
