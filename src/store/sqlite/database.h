#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/sqlite/statement.h"
#include "vocabulary/result.h"

namespace leanspec::store::sqlite {

enum class Access {
  read_only,
  read_write,
  frozen,  ///< a file that nobody changes meanwhile: read without locks and without a log, also from a read-only disk
};

/// One connection to a database file with its prepared statements. Used by one thread at a time; several connections to
/// one file see each other's commits (WAL).
class Database {
 public:
  /// Opens the file, or creates it with read_write: WAL, synchronous=FULL, foreign keys, 5 s of patience with other
  /// processes.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file, Access access);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// A statement that gives no row, or whose rows nobody needs.
  [[nodiscard]] Status run(const char* sql, std::initializer_list<Parameter> parameters);

  /// A statement that changes one row and RETURNs something of it. Error: not_found with `what_is_missing` if there was
  /// none.
  [[nodiscard]] Status change(const char* sql, std::initializer_list<Parameter> parameters,
                              std::string_view what_is_missing, std::string_view subject);

  /// Every row in turn.
  [[nodiscard]] Status each(const char* sql, std::initializer_list<Parameter> parameters,
                            const std::function<void(Row&)>& visit);

  /// The first row as `read` sees it.
  template <typename T>
  [[nodiscard]] Result<std::optional<T>> find(const char* sql, std::initializer_list<Parameter> parameters,
                                              T (*read)(Row&)) {
    std::optional<T> found;
    LEANSPEC_TRY(each(sql, parameters, [&](Row& row) {
      if (!found) found.emplace(read(row));
    }));
    return found;
  }

  /// Every row.
  template <typename T>
  [[nodiscard]] Result<std::vector<T>> all(const char* sql, std::initializer_list<Parameter> parameters,
                                           T (*read)(Row&)) {
    std::vector<T> rows;
    LEANSPEC_TRY(each(sql, parameters, [&](Row& row) { rows.push_back(read(row)); }));
    return rows;
  }

  /// Statements without parameters, one or several.
  [[nodiscard]] Status execute(const std::string& sql);

  /// Begins a transaction. Some failures (a full disk) make SQLite end it by itself; from then on every statement is
  /// refused with that failure until roll_back(), because it would run, and become durable, on its own.
  [[nodiscard]] Status begin(const char* how);
  /// On failure the transaction is still to be rolled back.
  [[nodiscard]] Status commit();
  /// Ends the transaction, if one is still open, without its writes.
  void roll_back();
  /// The failure that ended the transaction before its time.
  [[nodiscard]] const std::optional<Error>& broken_by() const { return broken_by_; }

  [[nodiscard]] const std::string& path() const { return path_; }
  /// For what SQLite does with whole connections.
  [[nodiscard]] sqlite3* raw() const { return connection_; }

 private:
  Database(sqlite3* connection, std::string path) : connection_(connection), path_(std::move(path)) {}

  [[nodiscard]] bool transaction_is_gone() const;
  [[nodiscard]] Result<Statement*> prepared(const char* sql);
  sqlite3* connection_;
  std::string path_;
  bool in_transaction_ = false;
  std::optional<Error> broken_by_;
  std::unordered_map<const char*, Statement>
      statements_;  ///< by the address of their text: all are constants of the program
};

}  // namespace leanspec::store::sqlite
