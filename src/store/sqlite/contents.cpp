#include "store/sqlite/contents.h"

namespace leanspec::store::sqlite {
namespace {

[[nodiscard]] std::uint64_t read_count(Row& row) { return row.count(); }
[[nodiscard]] std::int64_t read_integer(Row& row) { return row.integer(); }
[[nodiscard]] Epoch read_epoch(Row& row) { return row.id<Epoch>(); }

[[nodiscard]] BranchPosition read_position(Row& row) {
  BranchPosition position;
  position.project = row.id<ProjectId>();
  position.name = row.text();
  position.head = row.seq();
  position.head_digest = row.digest();
  position.documents = row.count();
  return position;
}

}  // namespace

Result<Contents> read_contents(Database& database) {
  Contents contents;
  LEANSPEC_ASSIGN(const auto epoch, database.find("SELECT value FROM meta WHERE name = 'epoch'", {}, read_epoch));
  if (!epoch) return Error(ErrorCode::corrupt, "does not say which life of a hub it is of", database.path());
  contents.epoch = *epoch;
  LEANSPEC_ASSIGN(const auto schema, database.find("PRAGMA user_version", {}, read_integer));
  contents.schema = schema.value_or(0);
  LEANSPEC_ASSIGN(const auto pages, database.find("PRAGMA page_count", {}, read_count));
  LEANSPEC_ASSIGN(const auto page, database.find("PRAGMA page_size", {}, read_count));
  contents.size = pages.value_or(0) * page.value_or(0);
  const auto count = [&](const char* sql, std::uint64_t& into) -> Status {
    LEANSPEC_ASSIGN(const auto found, database.find(sql, {}, read_count));
    into = found.value_or(0);
    return {};
  };
  LEANSPEC_TRY(count("SELECT COUNT(*) FROM projects", contents.projects));
  LEANSPEC_TRY(count("SELECT COUNT(*) FROM versions", contents.versions));
  LEANSPEC_TRY(count("SELECT COUNT(*) FROM bodies", contents.bodies));
  LEANSPEC_TRY(count("SELECT COUNT(*) FROM users", contents.users));
  LEANSPEC_TRY(count("SELECT COUNT(*) FROM api_keys", contents.keys));
  LEANSPEC_TRY(count("SELECT COUNT(*) FROM machines", contents.machines));
  LEANSPEC_ASSIGN(contents.branches,
                  database.all("SELECT b.project, b.name, b.head, b.head_digest, "
                               "(SELECT COUNT(*) FROM heads h WHERE h.branch = b.id AND h.deleted = 0) "
                               "FROM branches b ORDER BY b.project, b.name",
                               {}, read_position));
  return contents;
}

}  // namespace leanspec::store::sqlite
