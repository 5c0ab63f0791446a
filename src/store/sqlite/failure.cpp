#include "store/sqlite/failure.h"

#include <sqlite3.h>

#include <string>

namespace leanspec::store::sqlite {
namespace {

[[nodiscard]] std::string file_of(sqlite3* connection) {
  const char* const name = connection == nullptr ? nullptr : sqlite3_db_filename(connection, "main");
  return name == nullptr ? std::string() : std::string(name);
}

[[nodiscard]] Error constraint(sqlite3* connection, int extended) {
  const std::string said = sqlite3_errmsg(connection);
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Error(ErrorCode::already_exists, "another record has the same name or number", said);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return Error(ErrorCode::invalid, "what the record refers to is not stored");
    default:
      return Error(ErrorCode::invalid, "the record breaks a rule of the database: " + said);
  }
}

}  // namespace

Error failure(sqlite3* connection, int code) {
  const int extended = connection == nullptr ? code : sqlite3_extended_errcode(connection);
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
      return constraint(connection, extended);
    case SQLITE_FULL:
      return Error(ErrorCode::no_space, "the disk is full", file_of(connection),
                   "Free some space; the hub goes on by itself.");
    case SQLITE_READONLY:
      return Error(ErrorCode::no_space, "the database cannot be written to", file_of(connection),
                   "Check that the disk is not mounted read-only and that the folder belongs to the hub's user.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(ErrorCode::corrupt, std::string("the database is damaged (") + sqlite3_errstr(code) + ")",
                   file_of(connection), "Stop the hub, keep a copy of the data folder, and restore a backup.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(ErrorCode::unavailable, "the database is held by another process", file_of(connection),
                   "Try again.");
    case SQLITE_NOMEM:
      return Error(ErrorCode::unavailable, "no memory for the database", file_of(connection));
    case SQLITE_TOOBIG:
      return Error(ErrorCode::too_large, "the record is larger than the database can hold", file_of(connection));
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Error(ErrorCode::io, "the database cannot be opened", file_of(connection),
                   "Check who owns the data folder.");
    default:
      break;
  }
  if (extended == SQLITE_IOERR_CORRUPTFS || extended == SQLITE_IOERR_DATA) {
    return Error(ErrorCode::corrupt, "the disk under the database is damaged", file_of(connection),
                 "Restore a backup to another disk.");
  }
  return Error(ErrorCode::io, std::string("the database failed: ") + sqlite3_errstr(extended), file_of(connection));
}

}  // namespace leanspec::store::sqlite
