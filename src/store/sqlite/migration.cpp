#include "store/sqlite/migration.h"

#include <string>

namespace leanspec::store::sqlite {
namespace {

[[nodiscard]] Result<std::int64_t> number(Database& database, const char* sql) {
  LEANSPEC_ASSIGN(const std::optional<std::int64_t> found,
                  database.find<std::int64_t>(sql, {}, [](Row& row) { return row.integer(); }));
  return found.value_or(0);
}

[[nodiscard]] Error not_ours(const Database& database) {
  return Error(ErrorCode::unsupported, "is a database of another program", database.path(),
               "Choose another data folder.");
}

[[nodiscard]] Status apply(Database& database, std::span<const Migration> steps, std::int64_t version) {
  if (version == 0) {
    LEANSPEC_TRY(database.execute("PRAGMA application_id = " + std::to_string(application_id)));
  }
  for (const Migration& step : steps.subspan(static_cast<std::size_t>(version))) {
    LEANSPEC_TRY(database.execute(std::string(step.sql)));
  }
  return database.execute("PRAGMA user_version = " + std::to_string(steps.size()));
}

}  // namespace

Status migrate(Database& database, std::span<const Migration> steps) {
  LEANSPEC_ASSIGN(const std::int64_t version, number(database, "PRAGMA user_version"));
  LEANSPEC_ASSIGN(const std::int64_t application, number(database, "PRAGMA application_id"));
  LEANSPEC_ASSIGN(const std::int64_t tables, number(database, "SELECT COUNT(*) FROM sqlite_master"));
  if (application != application_id && (application != 0 || version != 0 || tables != 0)) return not_ours(database);
  if (version < 0) return not_ours(database);
  const auto known = static_cast<std::int64_t>(steps.size());
  if (version > known) {
    return Error(ErrorCode::unsupported,
                 "was written by a newer leanspec-hub (schema " + std::to_string(version) + ", this one knows " +
                     std::to_string(known) + ")",
                 database.path(), "Start the newer version, or restore a backup from before the upgrade.");
  }
  if (version == known) return {};

  LEANSPEC_TRY(database.begin("BEGIN IMMEDIATE"));
  Status applied = apply(database, steps, version);
  if (applied) applied = database.commit();
  if (!applied) database.roll_back();
  return applied;
}

}  // namespace leanspec::store::sqlite
