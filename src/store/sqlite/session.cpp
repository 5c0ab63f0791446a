#include "store/sqlite/session.h"

namespace leanspec::store::sqlite {

SqliteSession::SqliteSession(Database& database)
    : database_(database),
      projects_(database),
      versions_(database),
      bodies_(database),
      machines_(database),
      accounts_(database),
      mirrors_(database) {}

Status SqliteSession::savepoint(const std::function<Status()>& work) {
  // Savepoints of one name nest: each ROLLBACK TO and RELEASE means the innermost.
  LEANSPEC_TRY(database_.run("SAVEPOINT part", {}));
  Status done = work();
  // Whatever `work` says, a transaction that ended by itself has lost its writes.
  if (database_.broken_by()) return *database_.broken_by();
  if (!done) LEANSPEC_TRY(database_.run("ROLLBACK TO part", {}));
  LEANSPEC_TRY(database_.run("RELEASE part", {}));
  return done;
}

}  // namespace leanspec::store::sqlite
