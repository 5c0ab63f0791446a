#include "store/sqlite/restore.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <memory>
#include <string_view>
#include <utility>

#include "host/durable_file.h"
#include "host/file_lock.h"
#include "host/system_error.h"
#include "store/sql/account_store.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/data_folder.h"
#include "store/sqlite/staged_file.h"
#include "store/sqlite/verify.h"

namespace leanspec::store::sqlite {
namespace {

namespace fs = std::filesystem;

/// Restores within one second of each other get numbers; more than this is no accident.
constexpr int names_max = 100;

[[nodiscard]] std::int64_t read_integer(Row& row) { return row.integer(); }

[[nodiscard]] bool holds_something(const fs::path& file) {
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  return !failed && size > 0;
}

[[nodiscard]] fs::path beside(const fs::path& file, const char* ending) { return file.string() + ending; }

/// What people may no longer do, as the present database knows it.
struct Withdrawn {
  struct Key {
    Digest token;
    std::string shown;
    std::optional<Instant> revoked_at;
  };
  struct RevokedMachine {
    MachineId id;
    Instant revoked_at;
  };
  std::vector<Key> keys;
  std::vector<RevokedMachine> machines;
};

[[nodiscard]] Withdrawn::Key read_key(Row& row) {
  Withdrawn::Key key;
  key.token = row.digest();
  key.shown = row.text() + " (";
  key.shown += row.text() + "…)";
  key.revoked_at = row.optional_time();
  return key;
}

[[nodiscard]] Withdrawn::RevokedMachine read_machine(Row& row) {
  const MachineId id = row.id<MachineId>();
  return {id, row.time()};
}

[[nodiscard]] Result<Withdrawn> read_withdrawn(const fs::path& file) {
  LEANSPEC_TRY(recognise_database(file, file.string()));
  LEANSPEC_ASSIGN(const auto present, Database::open(file, Access::frozen));
  Withdrawn withdrawn;
  LEANSPEC_ASSIGN(withdrawn.keys, present->all("SELECT token, name, prefix, revoked_at FROM api_keys ORDER BY id", {}, read_key));
  LEANSPEC_ASSIGN(withdrawn.machines, present->all("SELECT id, revoked_at FROM machines WHERE revoked_at IS NOT NULL", {}, read_machine));
  return withdrawn;
}

[[nodiscard]] Status withdraw(Database& database, const Withdrawn& withdrawn, Restored& restored) {
  for (const Withdrawn::Key& key : withdrawn.keys) {
    LEANSPEC_ASSIGN(const auto known, database.find("SELECT id FROM api_keys WHERE token = $1", {key.token}, read_integer));
    if (!known && !key.revoked_at) restored.unknown_keys.push_back(key.shown);
    if (!known || !key.revoked_at) continue;
    LEANSPEC_ASSIGN(const auto changed, database.find("UPDATE api_keys SET revoked_at = $2 WHERE token = $1 AND revoked_at IS NULL RETURNING id",
                                                      {key.token, *key.revoked_at}, read_integer));
    if (changed) ++restored.keys_revoked;
  }
  for (const Withdrawn::RevokedMachine& machine : withdrawn.machines) {
    LEANSPEC_ASSIGN(const auto changed, database.find("UPDATE machines SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING 1",
                                                      {machine.id, machine.revoked_at}, read_integer));
    if (changed) ++restored.machines_revoked;
  }
  return {};
}

/// The changes that make a copy another life of the hub.
[[nodiscard]] Status begin_life(Database& database, const Withdrawn& withdrawn, host::Entropy& entropy, const std::string& from,
                                Instant now, Restored& restored) {
  LEANSPEC_TRY(database.begin("BEGIN IMMEDIATE"));
  // Later than all that it inherits, whatever the clock says: bridges tell by it what came since.
  LEANSPEC_ASSIGN(const auto newest, database.find("SELECT COALESCE(MAX(accepted_at), 0) FROM versions", {}, read_integer));
  const Instant last(std::chrono::milliseconds(newest.value_or(0)));
  const Epoch epoch{entropy.uuid7(std::max(now, last + std::chrono::milliseconds(1)))};
  LEANSPEC_TRY(database.run("UPDATE meta SET value = $1 WHERE name = 'epoch'", {epoch}));
  LEANSPEC_ASSIGN(const auto sessions, database.find("SELECT COUNT(*) FROM web_sessions", {}, read_integer));
  restored.sessions_ended = static_cast<std::uint64_t>(sessions.value_or(0));
  LEANSPEC_TRY(database.run("DELETE FROM web_sessions", {}));
  LEANSPEC_TRY(database.run("DELETE FROM one_time_links", {}));
  LEANSPEC_TRY(withdraw(database, withdrawn, restored));
  LEANSPEC_TRY(database.run(sql::append_audit, {now, std::string_view("system"), std::string_view("restore"), from, std::string_view("ok"),
                                                std::string_view("command line")}));
  LEANSPEC_TRY(database.commit());
  // The log that this left is no part of the file that gets the name.
  return database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Log and index of a database that nobody has open.
void remove_companions(const fs::path& file) {
  ::unlink(beside(file, "-wal").c_str());
  ::unlink(beside(file, "-shm").c_str());
}

[[nodiscard]] bool begins_with(const fs::path& file, std::string_view bytes) {
  std::string read(bytes.size(), '\0');
  std::ifstream input(file, std::ios::binary);
  return input.read(read.data(), static_cast<std::streamsize>(read.size())) && read == bytes;
}

/// After a crash the last commits are only in the log. Folded into the file, all of it stands under one name, which one
/// rename replaces. Of a damaged database this can fail; then both are kept as they are. A log that SQLite would not know
/// as one is left alone, because SQLite would empty it.
void fold_log(const fs::path& file) {
  constexpr std::string_view database_begin("SQLite format 3\0", 16);
  constexpr std::string_view log_begin("\x37\x7f\x06", 3);
  if (!begins_with(file, database_begin) || !begins_with(beside(file, "-wal"), log_begin)) return;
  const auto database = Database::open(file, Access::read_write);
  if (database) (void)(*database)->execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// A second name for the file, so that the first is never missing; where the disk has none, the other name alone.
[[nodiscard]] Status give_name(const fs::path& file, const fs::path& name) {
  if (::link(file.c_str(), name.c_str()) == 0) return {};
  if (errno == EEXIST) return host::system_error(errno, "is there already", name.string());
  if (fs::exists(name) || ::rename(file.c_str(), name.c_str()) != 0) {
    return host::system_error(errno, "could not be kept as " + name.string(), file.string());
  }
  return {};
}

/// "20261122-211500"
[[nodiscard]] std::string stamp_of(Instant now) {
  std::string stamp;
  for (const char letter : to_rfc3339(now).substr(0, 19)) {
    if (letter == 'T') stamp += '-';
    else if (letter != '-' && letter != ':') stamp += letter;
  }
  return stamp;
}

/// Root restores for the user that the folder belongs to; a hub that may not open its own database would not start.
[[nodiscard]] Status give_to_owner(const fs::path& folder, const fs::path& file) {
  struct stat owner {};
  if (::geteuid() != 0) return {};
  if (::stat(folder.c_str(), &owner) != 0 || ::chown(file.c_str(), owner.st_uid, owner.st_gid) != 0) {
    return host::system_error(errno, "could not be given to the owner of the data folder", file.string());
  }
  return {};
}

[[nodiscard]] Result<std::optional<fs::path>> keep_present(const fs::path& file, Instant now) {
  std::optional<fs::path> kept;
  if (holds_something(file) || holds_something(beside(file, "-wal"))) {
    const std::string base = file.string() + ".before-restore-" + stamp_of(now);
    kept = base;
    for (int number = 2; fs::exists(*kept) || fs::exists(beside(*kept, "-wal")); ++number) {
      if (number > names_max) return Error(ErrorCode::io, "there are too many of them", base, "Move some away.");
      kept = base + "-" + std::to_string(number);
    }
    for (const char* ending : {"-wal", ""}) {
      if (holds_something(beside(file, ending))) LEANSPEC_TRY(give_name(beside(file, ending), beside(*kept, ending)));
    }
    LEANSPEC_TRY(flush_folder(folder_of(file)));
  }
  remove_companions(file);
  return kept;
}

}  // namespace

Result<Restored> restore_backup(const fs::path& file, const fs::path& data_directory, const host::Clock& clock, host::Entropy& entropy) {
  LEANSPEC_TRY(recognise_database(file, file.string()));
  LEANSPEC_TRY(host::make_private_folder(data_directory.string()));
  LEANSPEC_ASSIGN(const host::FileLock lock, host::FileLock::acquire((data_directory / lock_name).string(), "leanspec-hub restore"));
  const fs::path present = data_directory / database_name;
  const fs::path staged_name = beside(present, ".restoring");
  const Instant now = clock.now();
  remove_companions(staged_name);

  Restored restored;
  LEANSPEC_ASSIGN(StagedFile staged, StagedFile::make(staged_name));
  {
    LEANSPEC_ASSIGN(const auto source, Database::open(file, Access::frozen));
    LEANSPEC_ASSIGN(const std::uint64_t size, size_of(*source));
    LEANSPEC_TRY(check_room(data_directory, size));
    LEANSPEC_TRY(copy_pages(*source, staged.path(), [&] { return staged.flush(); }, file.string()));
  }
  LEANSPEC_ASSIGN(const Contents as_backed_up, verify_database(staged.path(), file.string()));
  restored.before = as_backed_up.epoch;

  fold_log(present);
  const auto withdrawn = read_withdrawn(present);
  {
    LEANSPEC_ASSIGN(const auto database, Database::open(staged.path(), Access::read_write));
    LEANSPEC_TRY(begin_life(*database, withdrawn ? *withdrawn : Withdrawn(), entropy, file.filename().string(), now, restored));
  }
  if (holds_something(beside(staged_name, "-wal"))) {
    return Error(ErrorCode::io, "could not be finished: its log is still there", staged_name.string(), "Try again.");
  }
  remove_companions(staged_name);
  {
    LEANSPEC_ASSIGN(const auto database, Database::open(staged.path(), Access::frozen));
    LEANSPEC_ASSIGN(restored.contents, read_contents(*database));
  }
  for (const fs::path& made : {staged.path(), data_directory / lock_name}) LEANSPEC_TRY(give_to_owner(data_directory, made));
  LEANSPEC_ASSIGN(restored.kept, keep_present(present, now));
  LEANSPEC_TRY(staged.publish(present, true));
  return restored;
}

}  // namespace leanspec::store::sqlite
