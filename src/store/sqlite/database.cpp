#include "store/sqlite/database.h"

#include <sqlite3.h>

#include "store/sqlite/failure.h"

namespace leanspec::store::sqlite {
namespace {

/// How long a statement waits for another process (a backup, the command line) before it gives up.
constexpr int busy_milliseconds_max = 5'000;

/// Page cache per connection, negative KiB, which each fills in the end and keeps: the writer touches the ends of a dozen
/// trees, a reader one branch at a time. What falls out is in the system's own cache: with four times as much a push took
/// as long (store_bench, 100 us of CPU), and a hub of 400 specs that was read and written was 14 MB larger after six
/// minutes and went on growing.
constexpr const char* writer_settings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -4096;"
    // Checkpoints at 16 MiB of log: each costs two flushes and stalls the writer for some milliseconds.
    "PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864;"
    "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF";
constexpr const char* reader_settings =
    "PRAGMA query_only = ON; PRAGMA cache_size = -1024; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF";

/// The path as a URI, which is where SQLite takes the word from that nobody changes the file.
[[nodiscard]] std::string frozen_uri(const std::filesystem::path& file) {
  constexpr const char* digits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char letter : std::filesystem::absolute(file).string()) {
    if (letter == '%' || letter == '?' || letter == '#') {
      const auto byte = static_cast<unsigned char>(letter);
      uri += {'%', digits[byte / 16], digits[byte % 16]};
    } else {
      uri += letter;
    }
  }
  return uri + "?immutable=1";
}

[[nodiscard]] int open_flags(Access access) {
  switch (access) {
    // A reader of a WAL database must be able to write the shared index, so it is kept from writing by query_only.
    case Access::read_only: return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    case Access::read_write: return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    case Access::frozen: return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  }
  return SQLITE_OPEN_READONLY;
}

/// Gives a cached statement back clean, whatever happened.
class Reset {
 public:
  explicit Reset(Statement& statement) : statement_(statement) {}
  ~Reset() { statement_.reset(); }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  Statement& statement_;
};

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, Access access) {
  sqlite3* raw = nullptr;
  const std::string name = access == Access::frozen ? frozen_uri(file) : file.string();
  const int code = sqlite3_open_v2(name.c_str(), &raw, open_flags(access), nullptr);
  std::unique_ptr<Database> database(new Database(raw, file.string()));
  if (code != SQLITE_OK) {
    Error error = failure(raw, code);
    error.subject = file.string();
    return error;
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, busy_milliseconds_max);
  LEANSPEC_TRY(database->execute(access == Access::read_write ? writer_settings : reader_settings));
  return database;
}

Database::~Database() {
  statements_.clear();
  sqlite3_close_v2(connection_);
}

Status Database::run(const char* sql, std::initializer_list<Parameter> parameters) {
  return each(sql, parameters, [](Row&) {});
}

Status Database::change(const char* sql, std::initializer_list<Parameter> parameters, std::string_view what_is_missing,
                        std::string_view subject) {
  bool changed = false;
  LEANSPEC_TRY(each(sql, parameters, [&](Row&) { changed = true; }));
  if (!changed) return Error(ErrorCode::not_found, std::string(what_is_missing), std::string(subject));
  return {};
}

Status Database::execute(const std::string& sql) {
  if (broken_by_) return *broken_by_;
  const int code = sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  Error error = failure(connection_, code);
  if (transaction_is_gone()) broken_by_ = error;
  return error;
}

Status Database::begin(const char* how) {
  LEANSPEC_TRY(execute(how));
  in_transaction_ = true;
  return {};
}

Status Database::commit() {
  LEANSPEC_TRY(execute("COMMIT"));
  in_transaction_ = false;
  return {};
}

void Database::roll_back() {
  if (sqlite3_get_autocommit(connection_) == 0) sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
  in_transaction_ = false;
  broken_by_.reset();
}

bool Database::transaction_is_gone() const {
  return in_transaction_ && sqlite3_get_autocommit(connection_) != 0;
}

Result<Statement*> Database::prepared(const char* sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return &found->second;
  LEANSPEC_ASSIGN(Statement statement, Statement::prepare(connection_, sql));
  return &statements_.emplace(sql, std::move(statement)).first->second;
}

Status Database::each(const char* sql, std::initializer_list<Parameter> parameters,
                      const std::function<void(Row&)>& visit) {
  if (broken_by_) return *broken_by_;
  LEANSPEC_ASSIGN(Statement* const statement, prepared(sql));
  const Reset reset(*statement);
  LEANSPEC_TRY(statement->bind(parameters));
  while (true) {
    Result<bool> has_row = statement->step();
    if (!has_row) {
      if (transaction_is_gone()) broken_by_ = has_row.error();
      return std::move(has_row).error();
    }
    if (!*has_row) return {};
    Row row(*statement);
    visit(row);
    if (!row.good()) {
      return Error(ErrorCode::corrupt, "a stored record has fields of the wrong shape", path_,
                   "Stop the hub, keep a copy of the data folder, and restore a backup.");
    }
  }
}

}  // namespace leanspec::store::sqlite
