#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "digest/sha256.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/open.h"
#include "store/sqlite/restore.h"

namespace leanspec::store::sqlite {

namespace fs = std::filesystem;

/// A database in a folder of its own, and one backup of it.
class BackupTest : public testing::Test {
 protected:
  BackupTest() {
    std::string name = (fs::temp_directory_path() / "leanspec-backup-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    file_ = folder_ / "copy ?#%.backup";
    store_ = open(folder_ / "data");
  }
  ~BackupTest() override {
    store_.reset();
    fs::remove_all(folder_);
  }

  [[nodiscard]] static std::unique_ptr<Store> open(const fs::path& data) {
    auto store = open_sqlite(data, host::system_clock(), host::system_entropy(), host::silent_log());
    EXPECT_TRUE(store) << store.error().sentence();
    return store ? std::move(*store) : nullptr;
  }
  /// One more version of a document, each with a text of its own.
  void append(std::uint8_t document, const std::string& text) {
    std::optional<VersionId> none;
    append(document, text, none);
  }
  /// Made from `parent`, which it is after that.
  void append(std::uint8_t document, const std::string& text, std::optional<VersionId>& parent) {
    const Status written = store_->write([&](Session& session) -> Status {
      LEANSPEC_ASSIGN(auto branch, session.versions().find_branch(ProjectId{"p"}, "main"));
      if (!branch) {
        Project project;
        project.id = ProjectId{"p"};
        LEANSPEC_TRY(session.projects().create(project));
        LEANSPEC_ASSIGN(branch, session.versions().create_branch(project.id, "main"));
      }
      Version version;
      version.id = VersionId{host::system_entropy().uuid7(host::system_clock().now())};
      version.branch = branch->id;
      version.document = DocumentId{Uuid{{document}}};
      version.path = "spec-" + std::to_string(document) + "/README.md";
      version.digest = digest::sha256(text);
      version.size = text.size();
      version.parent = parent;
      parent = version.id;
      LEANSPEC_TRY(session.bodies().put(*version.digest, text));
      LEANSPEC_ASSIGN(version, session.versions().append(version));
      return {};
    });
    ASSERT_TRUE(written) << written.error().sentence();
  }
  [[nodiscard]] Result<Contents> back_up_now(bool replace = false) {
    BackupRequest request;
    request.data_directory = folder_ / "data";
    request.file = file_;
    request.replace = replace;
    request.verify = true;
    return back_up(request);
  }
  [[nodiscard]] Result<Restored> restore() {
    return restore_backup(file_, folder_ / "data", host::system_clock(), host::system_entropy());
  }
  /// What somebody does to the backup who knows SQLite.
  void tamper(const std::string& sql) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(file_.c_str(), &connection), SQLITE_OK);
    const std::string all =
        "PRAGMA journal_mode = DELETE; DROP TRIGGER IF EXISTS versions_are_never_changed; "
        "DROP TRIGGER IF EXISTS bodies_are_never_removed; " +
        sql +
        "; CREATE TRIGGER versions_are_never_changed BEFORE UPDATE ON versions BEGIN SELECT 1; END; "
        "CREATE TRIGGER bodies_are_never_removed BEFORE DELETE ON bodies BEGIN SELECT 1; END";
    ASSERT_EQ(sqlite3_exec(connection, all.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection);
    sqlite3_close(connection);
  }

  fs::path folder_;
  fs::path file_;
  std::unique_ptr<Store> store_;
};

}  // namespace leanspec::store::sqlite
