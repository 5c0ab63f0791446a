#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leanspec::spec {

/// True for an existing day written as YYYY-MM-DD.
[[nodiscard]] bool is_date(std::string_view text);

/// A date or time as frontmatter has it, in the form of the API: RFC 3339 in UTC ending in "Z", the fraction kept as
/// written. A date alone is its midnight; a time without an offset is UTC; 'T' may be a space. Nothing when `text` is
/// no such time.
[[nodiscard]] std::optional<std::string> to_utc_timestamp(std::string_view text);

/// What `to_utc_timestamp` gave, with its fraction as LeanSpec's own server shows it: none, or 3, 6 or 9 digits.
[[nodiscard]] std::string with_shown_fraction(std::string timestamp);

}  // namespace leanspec::spec
