#include "store/sqlite/backup.h"

#include <sqlite3.h>

#include <string>

#include "host/durable_file.h"
#include "store/sqlite/data_folder.h"
#include "store/sqlite/failure.h"
#include "store/sqlite/staged_file.h"
#include "store/sqlite/verify.h"

namespace leanspec::store::sqlite {
namespace {

/// 4 MiB of SQLite's usual pages.
constexpr int pages_per_step = 1'024;

/// What is written to: no locks (the name is ours alone, and some network disks have none), no journal (a failed copy is
/// removed).
class Target {
 public:
  explicit Target(const std::filesystem::path& file) {
    code_ = sqlite3_open_v2(file.c_str(), &connection_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, "unix-none");
    if (code_ == SQLITE_OK) {
      code_ = sqlite3_exec(connection_, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
    }
  }
  ~Target() { sqlite3_close_v2(connection_); }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  [[nodiscard]] int code() const { return code_; }
  [[nodiscard]] sqlite3* connection() const { return connection_; }

 private:
  sqlite3* connection_ = nullptr;
  int code_ = SQLITE_OK;
};

/// SQLite's copy of one database into another; released in any case.
class Copy {
 public:
  Copy(const Target& target, Database& source)
      : backup_(sqlite3_backup_init(target.connection(), "main", source.raw(), "main")) {}
  ~Copy() { (void)finish(); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  [[nodiscard]] bool begun() const { return backup_ != nullptr; }
  [[nodiscard]] int step() { return sqlite3_backup_step(backup_, pages_per_step); }
  [[nodiscard]] int finish() {
    if (backup_ == nullptr) return SQLITE_OK;
    const int code = sqlite3_backup_finish(backup_);
    backup_ = nullptr;
    return code;
  }

 private:
  sqlite3_backup* backup_;
};

/// Ends the one read transaction.
class Reading {
 public:
  explicit Reading(Database& database) : database_(database) {}
  ~Reading() { database_.roll_back(); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  Database& database_;
};

[[nodiscard]] Error copy_failure(int code, const std::string& shown) {
  if ((code & 0xFF) == SQLITE_FULL) {
    return Error(ErrorCode::no_space, "the disk became full while it was written; nothing is left of it", shown,
                 "Free some space, or take another disk.");
  }
  Error error = failure(nullptr, code);
  error.subject = shown;
  return error;
}

[[nodiscard]] std::int64_t read_integer(Row& row) { return row.integer(); }

/// The hub's own files are not to be written over by a backup of them.
[[nodiscard]] Status check_name(const BackupRequest& request) {
  const std::string name = request.file.filename().string();
  if (name.empty() || name == "." || name == ".." || name == "-") {
    return Error(ErrorCode::invalid, "is no name for a file", request.file.string(), "Name the file to write.");
  }
  const std::filesystem::path folder = folder_of(request.file);
  std::error_code failed;
  if (!std::filesystem::is_directory(folder, failed)) {
    return Error(ErrorCode::invalid, "the folder is not there", folder.string(), "Make it first: mkdir -p '" + folder.string() + "'");
  }
  if (std::filesystem::is_directory(request.file, failed)) {
    return Error(ErrorCode::invalid, "is a folder", request.file.string(), "Name the file to write.");
  }
  if (name.starts_with("hub.") && std::filesystem::equivalent(folder, request.data_directory, failed)) {
    return Error(ErrorCode::invalid, "is a name that the hub uses itself in its data folder", request.file.string(),
                 "Choose another name, best on another disk.");
  }
  if (!request.replace && std::filesystem::exists(request.file, failed)) {
    return Error(ErrorCode::invalid, "is there already", request.file.string(), "Choose another name, or replace it with --force.");
  }
  return {};
}

}  // namespace

Result<std::uint64_t> size_of(Database& database) {
  LEANSPEC_ASSIGN(const auto pages, database.find("PRAGMA page_count", {}, read_integer));
  LEANSPEC_ASSIGN(const auto page, database.find("PRAGMA page_size", {}, read_integer));
  return static_cast<std::uint64_t>(pages.value_or(0)) * static_cast<std::uint64_t>(page.value_or(0));
}

Status copy_pages(Database& source, const std::filesystem::path& target, const std::function<Status()>& flush,
                  const std::string& shown) {
  const Target into(target);
  if (into.code() != SQLITE_OK) return copy_failure(into.code(), shown);
  // SQLite's copy takes a new snapshot at each step, and begins anew if another process has committed in between; inside a
  // read transaction of the source it stays with that one's.
  LEANSPEC_TRY(source.begin("BEGIN"));
  const Reading reading(source);
  LEANSPEC_TRY(source.run("SELECT COUNT(*) FROM sqlite_master", {}));
  Copy copy(into, source);
  if (!copy.begun()) return copy_failure(sqlite3_extended_errcode(into.connection()), shown);
  for (;;) {
    const int code = copy.step();
    if (code != SQLITE_OK && code != SQLITE_DONE) return copy_failure(code, shown);
    LEANSPEC_TRY(flush());
    if (code == SQLITE_DONE) break;
  }
  if (const int code = copy.finish(); code != SQLITE_OK) return copy_failure(code, shown);
  return {};
}

Result<Contents> back_up(const BackupRequest& request) {
  const std::filesystem::path database_file = request.data_directory / database_name;
  if (!host::path_exists(database_file.string())) {
    return Error(ErrorCode::not_found, "there is no hub's database in this folder", request.data_directory.string(),
                 "Name the hub's data folder with --data-dir.");
  }
  LEANSPEC_TRY(check_name(request));
  LEANSPEC_ASSIGN(const auto source, Database::open(database_file, Access::read_only));
  LEANSPEC_ASSIGN(const std::uint64_t size, size_of(*source));
  LEANSPEC_TRY(check_room(folder_of(request.file), size));
  LEANSPEC_ASSIGN(StagedFile staged, StagedFile::make(request.file.string() + ".partial"));
  LEANSPEC_TRY(copy_pages(*source, staged.path(), [&] { return staged.flush(); }, request.file.string()));
  const auto read_back = [&]() -> Result<Contents> {
    if (request.verify) return verify_database(staged.path(), request.file.string());
    LEANSPEC_ASSIGN(const auto copied, Database::open(staged.path(), Access::frozen));
    return read_contents(*copied);
  };
  LEANSPEC_ASSIGN(Contents contents, read_back());
  LEANSPEC_TRY(staged.publish(request.file, request.replace));
  return contents;
}

}  // namespace leanspec::store::sqlite
