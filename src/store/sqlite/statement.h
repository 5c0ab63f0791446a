#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/parameter.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace leanspec::store::sqlite {

/// One prepared statement with `$1..$n`. SQLite numbers such names by their first appearance, so their places are
/// looked up once. Belongs to its connection and is used by one thread at a time.
class Statement {
 public:
  [[nodiscard]] static Result<Statement> prepare(sqlite3* connection, std::string_view sql);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;

  [[nodiscard]] Status bind(std::initializer_list<Parameter> parameters);
  /// True: a row is there.
  [[nodiscard]] Result<bool> step();
  /// Ready for the next use; drops what was bound.
  void reset();

  [[nodiscard]] sqlite3_stmt* raw() const { return statement_; }

 private:
  Statement(sqlite3* connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}

  sqlite3* connection_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  std::vector<int> places_;  ///< of $1, $2, ...
};

/// Reads the columns of the current row from left to right. What does not have its shape is remembered, and the row is
/// corrupt.
class Row {
 public:
  explicit Row(const Statement& statement) : statement_(statement.raw()) {}

  [[nodiscard]] std::int64_t integer();
  [[nodiscard]] std::uint64_t count();
  [[nodiscard]] bool flag() { return integer() != 0; }
  [[nodiscard]] std::string text();
  [[nodiscard]] std::string bytes();
  [[nodiscard]] Digest digest();
  [[nodiscard]] Uuid uuid();
  [[nodiscard]] Instant time() { return Instant(std::chrono::milliseconds(integer())); }
  [[nodiscard]] Seq seq() { return Seq{count()}; }
  template <typename Id>
  [[nodiscard]] Id id() {
    if constexpr (std::same_as<typename Id::rep, Uuid>)
      return Id{uuid()};
    else if constexpr (std::same_as<typename Id::rep, std::string>)
      return Id{text()};
    else
      return Id{integer()};
  }
  template <typename Id>
  [[nodiscard]] std::optional<Id> optional_id() {
    if (skip_null()) return std::nullopt;
    return id<Id>();
  }
  [[nodiscard]] std::optional<Digest> optional_digest() {
    if (skip_null()) return std::nullopt;
    return digest();
  }
  [[nodiscard]] std::optional<Instant> optional_time() {
    if (skip_null()) return std::nullopt;
    return time();
  }
  /// An enumeration of `values` values that is stored as its number.
  template <typename Enumeration>
  [[nodiscard]] Enumeration enumeration(std::int64_t values) {
    const std::int64_t number = integer();
    if (number >= 0 && number < values) return static_cast<Enumeration>(number);
    good_ = false;
    return Enumeration{};
  }

  [[nodiscard]] bool good() const { return good_; }

 private:
  [[nodiscard]] bool skip_null();
  [[nodiscard]] std::string_view view();

  sqlite3_stmt* statement_;
  int column_ = 0;
  bool good_ = true;
};

}  // namespace leanspec::store::sqlite
