#include "bridge/disk/sqlite_statement.h"

#include <sqlite3.h>

#include <cstring>
#include <utility>

namespace leanspec::bridge::disk {

Error sqlite_error(sqlite3* database, int code, const std::string& file) {
  const std::string said = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(ErrorCode::corrupt, "the state database is damaged (" + said + ")", file);
    case SQLITE_FULL:
    case SQLITE_READONLY:
      return Error(ErrorCode::no_space, "the state database cannot be written (" + said + ")", file,
                   "Free some space on the disk.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(ErrorCode::conflict, "another process uses the state database", file,
                   "Stop the other leanspec-bridge.");
    default:
      return Error(ErrorCode::io, "the state database failed (" + said + ")", file);
  }
}

Statement::Statement(sqlite3* database, std::string file, std::string_view sql)
    : database_(database),
      file_(std::move(file)),
      prepared_(sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr)) {}

Statement::Statement(sqlite3* database, std::string file, sqlite3_stmt* kept)
    : database_(database), file_(std::move(file)), statement_(kept), prepared_(SQLITE_OK), kept_(true) {}

Statement::~Statement() {
  if (!kept_) {
    sqlite3_finalize(statement_);
  } else if (statement_ != nullptr) {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      file_(std::move(other.file_)),
      statement_(std::exchange(other.statement_, nullptr)),
      prepared_(other.prepared_),
      next_parameter_(other.next_parameter_),
      kept_(other.kept_) {}

KeptStatements::~KeptStatements() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
}

Statement KeptStatements::statement(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end())
    return Statement(database_, file_, found->second);
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &made, nullptr);
  if (code != SQLITE_OK) return Statement(database_, file_, sql);  // which says what is wrong when it is run
  statements_.emplace(sql, made);
  return Statement(database_, file_, made);
}

Statement& Statement::bind(std::int64_t number) {
  sqlite3_bind_int64(statement_, next_parameter_++, number);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  // SQLITE_STATIC; a null pointer would bind NULL.
  sqlite3_bind_text64(statement_, next_parameter_++, text.empty() ? "" : text.data(), text.size(), nullptr,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_bytes(const void* bytes, std::size_t size) {
  sqlite3_bind_blob64(statement_, next_parameter_++, size == 0 ? "" : bytes, size, nullptr);
  return *this;
}

Statement& Statement::bind_null() {
  sqlite3_bind_null(statement_, next_parameter_++);
  return *this;
}

Result<bool> Statement::step() {
  if (prepared_ != SQLITE_OK) return sqlite_error(database_, prepared_, file_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  const Error failed = code == SQLITE_DONE ? Error(ErrorCode::io, {}) : sqlite_error(database_, code, file_);
  sqlite3_reset(statement_);
  next_parameter_ = 1;
  if (code != SQLITE_DONE) return failed;
  return false;
}

Status Statement::run() {
  LEANSPEC_ASSIGN(const bool row, step());
  if (row) {
    sqlite3_reset(statement_);
    next_parameter_ = 1;
  }
  return {};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const {
  return std::string(bytes(column));
}

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr || size <= 0) return {};
  return std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<Uuid> Statement::uuid(int column) const {
  Uuid uuid;
  const auto found = bytes(column);
  if (found.size() != uuid.bytes.size()) return std::nullopt;
  std::memcpy(uuid.bytes.data(), found.data(), found.size());
  return uuid;
}

std::optional<Digest> Statement::digest(int column) const {
  Digest digest;
  const auto found = bytes(column);
  if (found.size() != digest.bytes.size()) return std::nullopt;
  std::memcpy(digest.bytes.data(), found.data(), found.size());
  return digest;
}

}  // namespace leanspec::bridge::disk
