#pragma once

#include <filesystem>
#include <string>

#include "store/sqlite/contents.h"
#include "vocabulary/result.h"

namespace leanspec::store::sqlite {

/// Reads a database file that nobody writes, from end to end, and says whether a hub could stand on it: whole and ours,
/// a schema that this program knows, SQLite's own check, every reference, every body equal to its digest and size, every
/// feed without gaps and equal to its chain of rolling digests, every head the last version of its document. Writes
/// nothing. Errors name the file as `shown`: not_found; unsupported (another program's, a newer hub's, a log beside it);
/// corrupt, naming the first thing that is wrong; io.
[[nodiscard]] Result<Contents> verify_database(const std::filesystem::path& file, const std::string& shown);

/// The quick part of it: a file of ours, as long as it says, of a known schema.
[[nodiscard]] Status recognise_database(const std::filesystem::path& file, const std::string& shown);

}  // namespace leanspec::store::sqlite
