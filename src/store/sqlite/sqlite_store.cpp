#include "store/sqlite/sqlite_store.h"

#include "store/sqlite/session.h"

namespace leanspec::store::sqlite {
namespace {

/// Idle readers beyond this are closed: 1 MiB of cache each, and more threads than this never read at once for long.
constexpr std::size_t idle_readers_max = 8;

/// Ends what is left of a transaction, also when `work` throws.
class RollBack {
 public:
  explicit RollBack(Database& database) : database_(database) {}
  ~RollBack() { database_.roll_back(); }
  RollBack(const RollBack&) = delete;
  RollBack& operator=(const RollBack&) = delete;

 private:
  Database& database_;
};

[[nodiscard]] std::int64_t read_integer(Row& row) { return row.integer(); }

}  // namespace

Status SqliteStore::write(const std::function<Status(Session&)>& work) {
  const std::lock_guard lock(writing_);
  LEANSPEC_TRY(writer_->begin("BEGIN IMMEDIATE"));
  const RollBack roll_back(*writer_);
  SqliteSession session(*writer_);
  Status done = work(session);
  if (writer_->broken_by()) return *writer_->broken_by();
  if (!done) return done;
  Status committed = writer_->commit();
  // A failed flush leaves it open whether the log holds the commit; a full disk or a busy lock fails before that.
  if (!committed && committed.error().code == ErrorCode::io) {
    return Error(ErrorCode::unavailable, committed.error().sentence(), "commit", "Ask again what was stored.");
  }
  return committed;
}

Status SqliteStore::read(const std::function<Status(Session&)>& work) {
  LEANSPEC_ASSIGN(std::unique_ptr<Database> reader, borrow_reader());
  Status done;
  {
    LEANSPEC_TRY(reader->begin("BEGIN"));
    const RollBack roll_back(*reader);
    SqliteSession session(*reader);
    done = work(session);
  }
  if (done || done.error().code != ErrorCode::corrupt) give_back(std::move(reader));
  return done;
}

Result<std::uint64_t> SqliteStore::outside_commits() {
  // SQLite changes this figure of a connection for commits of every other one; the writer is the only one here that commits.
  const std::lock_guard lock(writing_);
  LEANSPEC_ASSIGN(const auto version, writer_->find("PRAGMA data_version", {}, read_integer));
  return static_cast<std::uint64_t>(version.value_or(0));
}

Result<std::unique_ptr<Database>> SqliteStore::borrow_reader() {
  {
    const std::lock_guard lock(reading_);
    if (!readers_.empty()) {
      std::unique_ptr<Database> reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
  }
  return Database::open(file_, Access::read_only);
}

void SqliteStore::give_back(std::unique_ptr<Database> reader) {
  const std::lock_guard lock(reading_);
  if (readers_.size() < idle_readers_max) readers_.push_back(std::move(reader));
}

}  // namespace leanspec::store::sqlite
