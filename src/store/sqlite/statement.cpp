#include "store/sqlite/statement.h"

#include <sqlite3.h>

#include <cstring>
#include <utility>

#include "store/sqlite/failure.h"

namespace leanspec::store::sqlite {
namespace {

[[nodiscard]] int bind_value(sqlite3_stmt* statement, int place, const Parameter::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, place, *number);
  // The bytes outlive the statement's run: whoever binds also steps and resets within one call.
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return sqlite3_bind_text64(statement, place, text->empty() ? "" : text->data(), text->size(), nullptr, SQLITE_UTF8);
  }
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return sqlite3_bind_blob64(statement, place, blob->bytes.empty() ? "" : blob->bytes.data(), blob->bytes.size(),
                               nullptr);
  }
  return sqlite3_bind_null(statement, place);
}

}  // namespace

Result<Statement> Statement::prepare(sqlite3* connection, std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &raw, nullptr);
  if (code != SQLITE_OK) return failure(connection, code);
  Statement statement(connection, raw);
  const int count = sqlite3_bind_parameter_count(raw);
  for (int i = 1; i <= count; ++i) {
    statement.places_.push_back(sqlite3_bind_parameter_index(raw, ("$" + std::to_string(i)).c_str()));
  }
  return statement;
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      places_(std::move(other.places_)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(statement_, other.statement_);
  std::swap(places_, other.places_);
  return *this;
}

Status Statement::bind(std::initializer_list<Parameter> parameters) {
  if (parameters.size() != places_.size()) {
    return Error(ErrorCode::invalid,
                 "a statement was given " + std::to_string(parameters.size()) + " values for its " +
                     std::to_string(places_.size()),
                 sqlite3_sql(statement_));
  }
  std::size_t at = 0;
  for (const Parameter& parameter : parameters) {
    const int code = bind_value(statement_, places_[at++], parameter.value());
    if (code != SQLITE_OK) return failure(connection_, code);
  }
  return {};
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(connection_, code);
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::int64_t Row::integer() {
  if (sqlite3_column_type(statement_, column_) != SQLITE_INTEGER) good_ = false;
  return sqlite3_column_int64(statement_, column_++);
}

std::uint64_t Row::count() {
  const std::int64_t number = integer();
  if (number < 0) good_ = false;
  return number < 0 ? 0 : static_cast<std::uint64_t>(number);
}

std::string Row::text() {
  return std::string(view());
}
std::string Row::bytes() {
  return std::string(view());
}

Digest Row::digest() {
  Digest digest;
  const std::string_view bytes = view();
  if (bytes.size() == digest.bytes.size())
    std::memcpy(digest.bytes.data(), bytes.data(), bytes.size());
  else
    good_ = false;
  return digest;
}

Uuid Row::uuid() {
  Uuid uuid;
  const std::string_view bytes = view();
  if (bytes.size() == uuid.bytes.size())
    std::memcpy(uuid.bytes.data(), bytes.data(), bytes.size());
  else
    good_ = false;
  return uuid;
}

bool Row::skip_null() {
  if (sqlite3_column_type(statement_, column_) != SQLITE_NULL) return false;
  ++column_;
  return true;
}

std::string_view Row::view() {
  const void* const data = sqlite3_column_blob(statement_, column_);
  const int size = sqlite3_column_bytes(statement_, column_++);
  return data == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

}  // namespace leanspec::store::sqlite
