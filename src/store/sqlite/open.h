#pragma once

#include <filesystem>
#include <memory>

#include "host/clock.h"
#include "host/entropy.h"
#include "host/log.h"
#include "store/store.h"
#include "vocabulary/result.h"

namespace leanspec::store::sqlite {

/// Opens the embedded database in `data_directory`, which is made if missing, and brings its schema up to date. The
/// folder is held by a lock until the store is destroyed: a second hub on it gets `conflict`, naming the first. The
/// epoch is drawn once, when the database is made. Errors: conflict, unsupported (a newer schema, or another program's
/// file), corrupt, no_space, forbidden, io.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& data_directory,
                                                         const host::Clock& clock, host::Entropy& entropy,
                                                         host::Log& log);

/// The same without the lock, for commands on accounts beside a running hub: SQLite's own locks keep the writers apart, and
/// nothing of accounts is kept in the hub's memory for longer than 30 s. Never for versions, of which one process is the writer.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite_beside(const std::filesystem::path& data_directory,
                                                                const host::Clock& clock, host::Entropy& entropy,
                                                                host::Log& log);

}  // namespace leanspec::store::sqlite
