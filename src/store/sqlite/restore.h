#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/clock.h"
#include "host/entropy.h"
#include "store/sqlite/contents.h"
#include "vocabulary/result.h"

namespace leanspec::store::sqlite {

struct Restored {
  Contents contents;  ///< of the restored database, with its new epoch
  Epoch before;       ///< of the backup
  std::optional<std::filesystem::path> kept;  ///< where the database went that was there
  std::uint64_t sessions_ended = 0;
  std::uint64_t keys_revoked = 0;          ///< since the backup was made; they stay revoked
  std::uint64_t machines_revoked = 0;      ///< the same of machines
  std::vector<std::string> unknown_keys;   ///< names and prefixes of keys made after the backup
};

/// Puts a backup in the place of a data folder's database, as a new life of it: a new epoch, so that every bridge and
/// browser that knows more than the backup offers it again and nobody takes what is missing for deleted (law 20). Sign-ins
/// and one-time links of the backup end, and what was revoked since stays revoked, as far as the present database can
/// still say so. The copy is verified from end to end before anything is touched; the present database is kept beside it
/// under a dated name. Killed at any moment, the folder has the one or the other. Errors: conflict (a hub runs on the
/// folder), what verify_database says, no_space, io.
[[nodiscard]] Result<Restored> restore_backup(const std::filesystem::path& file, const std::filesystem::path& data_directory,
                                              const host::Clock& clock, host::Entropy& entropy);

}  // namespace leanspec::store::sqlite
