#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/result.h"

namespace leanspec::bridge::run {

/// One `key = value` line.
struct Setting {
  std::string key;
  std::string value;
  std::size_t line = 0;
};

/// A `[name]` or `[[name]]` header and what stands below it; the first one has no name.
struct SettingsSection {
  std::string name;
  std::vector<Setting> settings;

  /// "" if it is not there.
  [[nodiscard]] std::string_view value(std::string_view key) const;
};

/// The part of TOML that settings need: `key = "text"`, `key = bare` (true, 12), sections, comments. No lists, no
/// dates, no nested tables, no texts over several lines. Error: invalid, with file and line.
[[nodiscard]] Result<std::vector<SettingsSection>> parse_settings(std::string_view text, const std::string& file);

/// The same text again: sections as `[[name]]`.
[[nodiscard]] std::string print_settings(const std::vector<SettingsSection>& sections);

/// Settings are small; a larger file is a mistake.
constexpr std::size_t settings_bytes_max = 1024 * 1024;

}  // namespace leanspec::bridge::run
