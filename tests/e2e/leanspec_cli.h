#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace leanspec::e2e {

/// The published LeanSpec CLI: LEANSPEC_CLI, else where ./test has put it. Nothing when it is absent.
[[nodiscard]] inline std::optional<std::filesystem::path> leanspec_cli() {
  namespace fs = std::filesystem;
  if (const char* named = std::getenv("LEANSPEC_CLI"); named != nullptr && *named != '\0') return named;
  std::error_code ignored;
  for (fs::path folder = fs::current_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    const fs::path candidate = folder / ".tools/leanspec-cli/node_modules/@leanspec/cli-linux-x64/leanspec";
    if (fs::exists(candidate, ignored)) return candidate;
  }
  return std::nullopt;
}

inline constexpr const char* leanspec_cli_absent =
    "the LeanSpec CLI is absent: ./test fetches it with npm, LEANSPEC_CLI names another";

}  // namespace leanspec::e2e
