#pragma once

#include "vocabulary/error.h"

struct sqlite3;

namespace leanspec::store::sqlite {

/// What SQLite's result `code` means to the rest of the hub: full or read-only disk is no_space, a lock is unavailable,
/// damage is corrupt, a broken rule of the schema is already_exists or invalid, everything else io. Names the database
/// file.
[[nodiscard]] Error failure(sqlite3* connection, int code);

}  // namespace leanspec::store::sqlite
