#include "merge/derived_times.h"

#include <optional>
#include <utility>
#include <vector>

#include "merge/field_values.h"
#include "spec/frontmatter.h"
#include "spec/frontmatter_edit.h"
#include "spec/timestamp.h"

namespace leanspec::merge {
namespace {

constexpr std::size_t second_length = sizeof("2026-11-22T21:40:12") - 1;
constexpr std::size_t day_length = sizeof("2026-11-22") - 1;

/// Digits behind the point, which may be of different number: equal up to there, the longer is the later.
[[nodiscard]] std::string_view fraction(std::string_view time) {
  const auto rest = time.substr(second_length);
  return rest.starts_with('.') ? rest.substr(1, rest.find('Z') - 1) : std::string_view();
}

[[nodiscard]] bool is_after(std::string_view time, std::string_view now) {
  if (const int order = time.substr(0, second_length).compare(now.substr(0, second_length)); order != 0)
    return order > 0;
  return fraction(time) > fraction(now);
}

/// What the field is set to; nothing: it is no time, or in the past.
[[nodiscard]] std::optional<std::string> clamped(std::string_view value, std::string_view now) {
  const auto time = spec::to_utc_timestamp(value);
  if (!time || time->size() < second_length || !is_after(*time, now)) return std::nullopt;
  return std::string(spec::is_date(value) ? now.substr(0, day_length) : now);
}

}  // namespace

std::string clamp_derived_times(std::string text, std::string_view now) {
  std::vector<std::pair<std::string, std::string>> changes;
  const auto frontmatter = spec::parse_frontmatter(text);
  for (const auto& field : frontmatter.fields) {
    if (role_of(field.key) != FieldRole::derived || field.value.kind != spec::YamlKind::scalar) continue;
    if (auto time = clamped(field.value.text, now)) changes.emplace_back(field.key, *std::move(time));
  }
  for (const auto& [key, time] : changes) {
    if (auto edited = spec::set_field(text, key, time)) text = *std::move(edited);
  }
  return text;
}

}  // namespace leanspec::merge
