#include "tests/e2e/hub_records.h"

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <stdexcept>

namespace leanspec::e2e {
namespace {

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

void each_row(const Database& database, const char* sql, const std::function<void(sqlite3_stmt*)>& row) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database.get(), sql, -1, &prepared, nullptr) != SQLITE_OK)
    throw std::runtime_error(std::string("the hub's database: ") + sqlite3_errmsg(database.get()));
  const Statement statement(prepared, &sqlite3_finalize);
  while (sqlite3_step(prepared) == SQLITE_ROW) row(prepared);
}

[[nodiscard]] std::string text_of(sqlite3_stmt* row, int column) {
  const unsigned char* text = sqlite3_column_text(row, column);
  return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}

[[nodiscard]] std::size_t count_of(const Database& database, const char* sql) {
  std::size_t count = 0;
  each_row(database, sql, [&](sqlite3_stmt* row) { count = static_cast<std::size_t>(sqlite3_column_int64(row, 0)); });
  return count;
}

}  // namespace

HubRecords read_hub_records(const std::filesystem::path& data_folder) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2((data_folder / "hub.db").c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  const Database database(opened, &sqlite3_close);
  if (code != SQLITE_OK) throw std::runtime_error("the hub's database cannot be opened");
  HubRecords records;
  each_row(
      database,
      "SELECT h.path, lower(hex(v.digest)) FROM heads h JOIN versions v ON v.position = h.version WHERE h.deleted = 0",
      [&](sqlite3_stmt* row) { records.heads[text_of(row, 0)] = text_of(row, 1); });
  each_row(database,
           "SELECT h.path FROM heads h WHERE h.document IN "
           "(SELECT v.document FROM held_versions s JOIN versions v ON v.position = s.version)",
           [&](sqlite3_stmt* row) { records.in_conflict.insert(text_of(row, 0)); });
  each_row(database, "SELECT DISTINCT lower(hex(digest)) FROM versions WHERE digest IS NOT NULL",
           [&](sqlite3_stmt* row) { records.texts.insert(text_of(row, 0)); });
  records.versions = count_of(database, "SELECT count(*) FROM versions");
  records.merges = count_of(database, "SELECT count(*) FROM versions WHERE second_parent IS NOT NULL AND kind = 0");
  records.held = count_of(database, "SELECT count(*) FROM held_versions");
  records.conflicts = count_of(database,
                               "SELECT count(*) FROM versions s WHERE s.kind = 1 AND NOT EXISTS "
                               "(SELECT 1 FROM versions m WHERE m.second_parent = s.id)");
  return records;
}

}  // namespace leanspec::e2e
