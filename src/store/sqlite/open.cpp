#include "store/sqlite/open.h"

#include "host/durable_file.h"
#include "host/file_lock.h"
#include "store/sqlite/data_folder.h"
#include "store/sqlite/migration.h"
#include "store/sqlite/sqlite_store.h"

namespace leanspec::store::sqlite {
namespace {

[[nodiscard]] Epoch read_epoch(Row& row) {
  return row.id<Epoch>();
}

[[nodiscard]] Result<Epoch> epoch_of(Database& database, const host::Clock& clock, host::Entropy& entropy) {
  constexpr const char* find = "SELECT value FROM meta WHERE name = 'epoch'";
  LEANSPEC_ASSIGN(const std::optional<Epoch> known, database.find(find, {}, read_epoch));
  if (known) return *known;
  const Epoch epoch{entropy.uuid7(clock.now())};
  LEANSPEC_TRY(database.run("INSERT INTO meta (name, value) VALUES ('epoch', $1)", {epoch}));
  return epoch;
}

[[nodiscard]] Result<std::unique_ptr<Store>> open_locked(std::optional<host::FileLock> lock, const std::filesystem::path& data_directory,
                                           const host::Clock& clock, host::Entropy& entropy, host::Log& log) {
  const std::filesystem::path file = data_directory / database_name;
  const bool fresh = !host::path_exists(file.string());
  LEANSPEC_ASSIGN(std::unique_ptr<Database> writer, Database::open(file, Access::read_write));
  if (fresh) {
    // SQLite makes its files readable by all; the log and the index beside it take over what the database has.
    std::error_code refused;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                 refused);
    if (refused)
      log.warning("the database file could not be made private", {{"file", file.string()}, {"why", refused.message()}});
  }
  LEANSPEC_TRY(migrate(*writer, migrations()));
  LEANSPEC_ASSIGN(const Epoch epoch, epoch_of(*writer, clock, entropy));
  log.info(fresh ? "database made" : "database opened", {{"file", file.string()}, {"epoch", to_string(epoch.value())}});
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(file, std::move(lock), std::move(writer), epoch));
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& data_directory, const host::Clock& clock,
                                           host::Entropy& entropy, host::Log& log) {
  LEANSPEC_TRY(host::make_private_folder(data_directory.string()));
  LEANSPEC_ASSIGN(host::FileLock lock, host::FileLock::acquire((data_directory / lock_name).string(), "leanspec-hub"));
  return open_locked(std::move(lock), data_directory, clock, entropy, log);
}

Result<std::unique_ptr<Store>> open_sqlite_beside(const std::filesystem::path& data_directory, const host::Clock& clock,
                                                  host::Entropy& entropy, host::Log& log) {
  LEANSPEC_TRY(host::make_private_folder(data_directory.string()));
  return open_locked(std::nullopt, data_directory, clock, entropy, log);
}

}  // namespace leanspec::store::sqlite
