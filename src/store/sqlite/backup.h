#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "store/sqlite/contents.h"
#include "vocabulary/result.h"

namespace leanspec::store::sqlite {

struct BackupRequest {
  std::filesystem::path data_directory;
  std::filesystem::path file;  ///< where the backup goes
  bool replace = false;        ///< a file that is there
  bool verify = false;         ///< read the whole copy before it gets its name
};

/// Copies the database of a data folder as of one moment, beside a hub that may be running and writing: one read
/// transaction from the first page to the last, so that writers never wait for it and it never begins anew. The hub's log
/// grows meanwhile. The file is whole and on the disk when it has its name, 0600: it holds password hashes. Errors:
/// not_found (no database), invalid (a bad or taken name), conflict (somebody else writes the same backup), no_space,
/// corrupt, io; after each nothing is left of the file.
[[nodiscard]] Result<Contents> back_up(const BackupRequest& request);

/// Copies every page of `source`, as of one moment, over the file at `target`, calling `flush` every few MiB, so that the
/// disk never has much of ours to write while a hub waits for its own commit. Errors are said of `shown`.
[[nodiscard]] Status copy_pages(Database& source, const std::filesystem::path& target, const std::function<Status()>& flush,
                                const std::string& shown);

/// Bytes that a copy of it takes.
[[nodiscard]] Result<std::uint64_t> size_of(Database& database);

}  // namespace leanspec::store::sqlite
