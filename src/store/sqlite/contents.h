#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/sqlite/database.h"
#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace leanspec::store::sqlite {

/// Where one branch of a project stands.
struct BranchPosition {
  ProjectId project;
  std::string name;
  Seq head;
  Digest head_digest;
  std::uint64_t documents = 0;  ///< that live
};

/// What a database file holds, for people and scripts that must tell one backup from another.
struct Contents {
  Epoch epoch;
  std::int64_t schema = 0;
  std::uint64_t size = 0;  ///< of the file, bytes
  std::uint64_t projects = 0;
  std::uint64_t versions = 0;
  std::uint64_t bodies = 0;
  std::uint64_t users = 0;
  std::uint64_t keys = 0;
  std::uint64_t machines = 0;
  std::vector<BranchPosition> branches;  ///< by project and name
};

/// Counts. Errors: corrupt (also: no epoch), io.
[[nodiscard]] Result<Contents> read_contents(Database& database);

}  // namespace leanspec::store::sqlite
