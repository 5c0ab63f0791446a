#include "bridge/disk/state_database.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iterator>
#include <utility>

#include "bridge/disk/sqlite_state_store.h"
#include "host/system_error.h"

namespace leanspec::bridge::disk {
namespace {

/// "LSbr": tells our files from any other SQLite file.
constexpr int application_id = 0x4C536272;

constexpr const char* schema = R"sql(
CREATE TABLE replica (
  one INTEGER PRIMARY KEY CHECK (one = 1), epoch BLOB, seq INTEGER, cursor_digest BLOB NOT NULL, paused INTEGER NOT NULL,
  root_device INTEGER, root_inode INTEGER, root_boot BLOB, last_sync INTEGER);
CREATE TABLE local (
  document BLOB PRIMARY KEY, path BLOB NOT NULL, digest BLOB NOT NULL, kind INTEGER NOT NULL, device INTEGER NOT NULL,
  inode INTEGER NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL, changed INTEGER NOT NULL, born INTEGER NOT NULL,
  mode INTEGER NOT NULL, racy INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE synced (document BLOB PRIMARY KEY, path BLOB NOT NULL, digest BLOB NOT NULL, size INTEGER NOT NULL, version BLOB) WITHOUT ROWID;
CREATE TABLE remote (document BLOB PRIMARY KEY, path BLOB NOT NULL, digest BLOB NOT NULL, size INTEGER NOT NULL, version BLOB) WITHOUT ROWID;
CREATE TABLE hold (document BLOB PRIMARY KEY, digest BLOB, path BLOB NOT NULL, why TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pending (
  change BLOB PRIMARY KEY, document BLOB NOT NULL, base BLOB, base_digest BLOB, path BLOB NOT NULL, digest BLOB, size INTEGER NOT NULL,
  moved_only INTEGER NOT NULL, change_group BLOB, group_size INTEGER NOT NULL, edit_boot BLOB NOT NULL, edit_at INTEGER NOT NULL,
  edit_wall INTEGER NOT NULL, sent INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE body (inserted INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, zstd BLOB NOT NULL);
)sql";

/// From each version to the next; the first makes version 2.
constexpr const char* upgrades[] = {
    "CREATE TABLE released (boot BLOB NOT NULL, at INTEGER NOT NULL, wall INTEGER NOT NULL, count INTEGER NOT NULL)",
    "CREATE TABLE intent (name TEXT PRIMARY KEY, document BLOB NOT NULL, from_path BLOB, expected BLOB, to_path BLOB, "
    "digest BLOB, size INTEGER NOT NULL, base BLOB, version BLOB, done INTEGER NOT NULL) WITHOUT ROWID;"
    "ALTER TABLE pending ADD COLUMN displaced INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE replica ADD COLUMN git_branch TEXT;"
    "CREATE TABLE lineage (place INTEGER PRIMARY KEY AUTOINCREMENT, document BLOB NOT NULL, digest BLOB NOT NULL, "
    "version BLOB, path BLOB NOT NULL, size INTEGER NOT NULL, elsewhere INTEGER NOT NULL, taken_away INTEGER NOT NULL, "
    "UNIQUE (document, digest, path));"
    "CREATE INDEX lineage_path ON lineage (path)",
    "ALTER TABLE replica ADD COLUMN seed_of TEXT; ALTER TABLE replica ADD COLUMN seed_seq INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE replica ADD COLUMN seed_commit TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE replica ADD COLUMN has_disk INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE pending ADD COLUMN approval BLOB",
    ("CREATE TABLE former (document BLOB PRIMARY KEY, epoch BLOB NOT NULL, path BLOB NOT NULL, digest BLOB NOT NULL, "
     "size INTEGER NOT NULL, version BLOB) WITHOUT ROWID"),
    "ALTER TABLE replica ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0; ALTER TABLE intent ADD COLUMN boot BLOB;"
    "ALTER TABLE intent ADD COLUMN modified INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE replica ADD COLUMN watched_until INTEGER; ALTER TABLE replica ADD COLUMN leap_before INTEGER;"
    "ALTER TABLE replica ADD COLUMN leap_by INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE replica ADD COLUMN seed_epoch BLOB",
};
static_assert(std::size(upgrades) + 1 == state_schema_version);

[[nodiscard]] Status execute(sqlite3* database, const std::string& file, const char* sql) {
  const int code = sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(database, code, file);
  return {};
}

[[nodiscard]] Result<std::int64_t> number(sqlite3* database, const std::string& file, std::string_view sql) {
  Statement query(database, file, sql);
  LEANSPEC_ASSIGN(const bool row, query.step());
  return row ? query.integer(0) : 0;
}

[[nodiscard]] bool ended_uncleanly(const std::string& file) {
  struct stat facts {};
  return ::stat((file + "-wal").c_str(), &facts) == 0 && facts.st_size > 0;
}

[[nodiscard]] Status check_pages(sqlite3* database, const std::string& file) {
  Statement query(database, file, "PRAGMA quick_check(1)");
  LEANSPEC_ASSIGN(const bool row, query.step());
  if (!row || query.text(0) != "ok") return damaged_state(file, "a page");
  return {};
}

/// Within a transaction, which it ends.
[[nodiscard]] Status upgrade(sqlite3* database, const std::string& file, std::int64_t version) {
  for (auto step = static_cast<std::size_t>(version); step <= std::size(upgrades); ++step)
    LEANSPEC_TRY(execute(database, file, upgrades[step - 1]));
  LEANSPEC_TRY(execute(database, file, ("PRAGMA user_version = " + std::to_string(state_schema_version)).c_str()));
  return execute(database, file, "COMMIT");
}

[[nodiscard]] Status prepare(sqlite3* database, const std::string& file, bool check) {
  // Exclusive before the first look at the file: then the WAL's index is plain memory and no second process gets in.
  LEANSPEC_TRY(execute(database, file,
                       "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"));
  LEANSPEC_TRY(execute(database, file, ("PRAGMA cache_size = -" + std::to_string(cache_kibibytes)).c_str()));
  LEANSPEC_TRY(
      execute(database, file, "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA wal_autocheckpoint = 500;"));
  LEANSPEC_ASSIGN(const std::int64_t version, number(database, file, "PRAGMA user_version"));
  LEANSPEC_ASSIGN(const std::int64_t application, number(database, file, "PRAGMA application_id"));
  if (version == 0 && application == 0) {
    LEANSPEC_TRY(execute(database, file, "BEGIN IMMEDIATE"));
    LEANSPEC_TRY(execute(database, file, schema));
    LEANSPEC_TRY(execute(database, file, ("PRAGMA application_id = " + std::to_string(application_id)).c_str()));
    return upgrade(database, file, 1);
  }
  if (application != application_id) return Error(ErrorCode::corrupt, "is no state database of leanspec-bridge", file);
  if (version > state_schema_version) {
    return Error(ErrorCode::unsupported, "was written by a later version of leanspec-bridge", file,
                 "Install that version again.");
  }
  if (check) LEANSPEC_TRY(check_pages(database, file));
  if (version == state_schema_version) return {};
  LEANSPEC_TRY(execute(database, file, "BEGIN IMMEDIATE"));
  return upgrade(database, file, version);
}

[[nodiscard]] Result<Database> open_tables(const std::string& file) {
  const bool check = ended_uncleanly(file);
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(raw);
  if (code != SQLITE_OK) return sqlite_error(raw, code, file);
  sqlite3_extended_result_codes(raw, 1);
  LEANSPEC_TRY(prepare(raw, file, check));
  return database;
}

[[nodiscard]] Result<std::unique_ptr<SqliteStateStore>> open_once(const std::string& file) {
  LEANSPEC_ASSIGN(auto database, open_tables(file));
  auto opened = std::make_unique<SqliteStateStore>(std::move(database), file);
  LEANSPEC_TRY(opened->forget_long_gone());
  // A whole read finds damage now, when the file can still be put aside, and not in the middle of the work.
  LEANSPEC_TRY(opened->load());
  return opened;
}

}  // namespace

Status move_state_aside(const std::string& file, const std::string& suffix) {
  for (const char* part : {"", "-wal", "-shm"}) {
    if (::rename((file + part).c_str(), (file + suffix + part).c_str()) != 0 && errno != ENOENT) {
      return host::system_error(errno, "could not be moved aside", file + part);
    }
  }
  return {};
}

Result<OpenedState> open_state_database(const std::string& file, Instant now) {
  OpenedState opened;
  auto store = open_once(file);
  if (!store && store.error().code == ErrorCode::corrupt) {
    const std::string suffix = ".damaged-" + std::to_string(now.time_since_epoch().count());
    opened.notice =
        store.error().sentence() + ". It is kept as " + file + suffix +
        "; a new one is made, and the folder is compared with the hub afresh. Nothing is deleted on either side.";
    LEANSPEC_TRY(move_state_aside(file, suffix));
    store = open_once(file);
  }
  if (!store) return store.error();
  ::chmod(file.c_str(), 0600);
  opened.store = *std::move(store);
  return opened;
}

Result<StateFacts> look_at_state_facts(const std::string& file) {
  LEANSPEC_ASSIGN(const auto database, open_tables(file));
  StateFacts facts;
  Statement query(database.get(), file,
                  "SELECT (SELECT git_branch FROM replica), (SELECT has_disk FROM replica), "
                  "(SELECT COUNT(*) FROM pending), (SELECT COUNT(*) FROM hold)");
  LEANSPEC_ASSIGN([[maybe_unused]] const bool row, query.step());
  if (!query.is_null(0)) facts.git_branch = query.text(0);
  facts.has_disk = !query.is_null(1) && query.integer(1) != 0;
  facts.pending = static_cast<std::size_t>(query.unsigned_integer(2));
  facts.held = static_cast<std::size_t>(query.unsigned_integer(3));
  return facts;
}

Result<std::unique_ptr<engine::StateStore>> look_at_state_database(const std::string& file) {
  LEANSPEC_ASSIGN(std::unique_ptr<engine::StateStore> store, open_once(file));
  return store;
}

}  // namespace leanspec::bridge::disk
