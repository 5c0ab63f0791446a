#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "vocabulary/digest.h"
#include "vocabulary/result.h"
#include "vocabulary/uuid.h"

struct sqlite3;
struct sqlite3_stmt;

namespace leanspec::bridge::disk {

/// What SQLite said, as an Error about `file`: corrupt, no_space (full or read-only), else io.
[[nodiscard]] Error sqlite_error(sqlite3* database, int code, const std::string& file);

/// One prepared statement of one database. Bound values must live until `step`. Columns count from 0, parameters
/// from 1.
class Statement {
 public:
  Statement(sqlite3* database, std::string file, std::string_view sql);
  /// One that somebody else keeps: at its end it is given back clean.
  Statement(sqlite3* database, std::string file, sqlite3_stmt* kept);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::int64_t number);
  Statement& bind_unsigned(std::uint64_t number) { return bind(static_cast<std::int64_t>(number)); }
  Statement& bind(std::string_view text);
  Statement& bind_bytes(const void* bytes, std::size_t size);
  Statement& bind(const Uuid& uuid) { return bind_bytes(uuid.bytes.data(), uuid.bytes.size()); }
  Statement& bind(const Digest& digest) { return bind_bytes(digest.bytes.data(), digest.bytes.size()); }
  Statement& bind_null();
  template <typename T>
  Statement& bind_optional(const std::optional<T>& value) {
    return value ? bind(*value) : bind_null();
  }
  /// It would be gone before the row is written.
  template <typename T>
  Statement& bind_optional(std::optional<T>&& value) = delete;

  /// True: a row is there. After false or an error the statement can be bound anew.
  [[nodiscard]] Result<bool> step();
  /// For statements without rows.
  [[nodiscard]] Status run();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t unsigned_integer(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  /// Nothing if the column is NULL or of another length.
  [[nodiscard]] std::optional<Uuid> uuid(int column) const;
  [[nodiscard]] std::optional<Digest> digest(int column) const;

 private:
  sqlite3* database_;
  std::string file_;
  sqlite3_stmt* statement_ = nullptr;
  int prepared_;
  int next_parameter_ = 1;
  bool kept_ = false;
};

/// Statements that are prepared once and used again, each by one user at a time. Ends before its database.
class KeptStatements {
 public:
  KeptStatements(sqlite3* database, std::string file) : database_(database), file_(std::move(file)) {}
  ~KeptStatements();
  KeptStatements(const KeptStatements&) = delete;
  KeptStatements& operator=(const KeptStatements&) = delete;

  [[nodiscard]] Statement statement(std::string_view sql);

 private:
  sqlite3* database_;
  std::string file_;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

}  // namespace leanspec::bridge::disk
