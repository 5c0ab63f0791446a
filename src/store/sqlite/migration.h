#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "store/sqlite/database.h"
#include "vocabulary/result.h"

namespace leanspec::store::sqlite {

/// One numbered step of the schema, from migrations/NNNN_name.sql. A released one is never changed: a change is another
/// file.
struct Migration {
  std::string_view name;
  std::string_view sql;
};

/// All of them, in order; the schema's number is how many have been applied.
[[nodiscard]] std::span<const Migration> migrations();

/// What tells our files from other programs' (PRAGMA application_id): "LSpc".
constexpr std::int64_t application_id = 0x4C537063;

/// Brings the schema up to date in one transaction, so that a crash leaves the old one. Errors: unsupported (the file
/// was written by a newer hub, or by another program), corrupt, no_space, io.
[[nodiscard]] Status migrate(Database& database, std::span<const Migration> steps);

}  // namespace leanspec::store::sqlite
