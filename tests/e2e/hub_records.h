#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace leanspec::e2e {

/// What a hub that does not run has in its database: the last word about what was kept.
struct HubRecords {
  std::map<std::string, std::string> heads;  ///< path to SHA-256, of what is there
  std::set<std::string> in_conflict;         ///< paths of those heads that have an open conflict
  std::set<std::string> texts;               ///< SHA-256 of every text of every version
  std::size_t versions = 0;
  std::size_t merges = 0;
  std::size_t held = 0;
  std::size_t conflicts = 0;  ///< side versions, also those that were settled since
};

/// Throws if there is no such database.
[[nodiscard]] HubRecords read_hub_records(const std::filesystem::path& data_folder);

}  // namespace leanspec::e2e
