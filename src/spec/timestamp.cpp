#include "spec/timestamp.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace leanspec::spec {

namespace {

constexpr std::size_t fraction_digits_max = 18;  // LeanSpec writes up to 9; more than 18 is no clock's work

/// Takes exactly `digits` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::year_month_day> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

/// "Z", "+08:00", "+0800", "+08" or nothing, as minutes east of UTC.
std::optional<int> take_offset(std::string_view& text) {
  if (text.empty() || take(text, "Zz")) return 0;
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23) return std::nullopt;
  if (text.empty()) return sign * *hours * 60;
  take(text, ":");
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_date(std::string_view text) {
  return take_date(text).has_value() && text.empty();
}

std::optional<std::string> to_utc_timestamp(std::string_view text) {
  text = trimmed(text);
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int offset = 0;
  std::string_view fraction;
  if (!text.empty()) {
    if (!take(text, "Tt ")) return std::nullopt;
    const auto hours = take_number(text, 2);
    if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    hour = *hours;
    minute = *minutes;
    if (take(text, ":")) {
      const auto seconds = take_number(text, 2);
      if (!seconds || *seconds > 60) return std::nullopt;  // 60: a leap second
      second = *seconds;
      if (!text.empty() && text.front() == '.') {
        std::size_t end = 1;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        if (end == 1 || end - 1 > fraction_digits_max) return std::nullopt;
        fraction = text.substr(0, end);
        text.remove_prefix(end);
      }
    }
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    const auto minutes_east = take_offset(text);
    if (!minutes_east || !text.empty()) return std::nullopt;
    offset = *minutes_east;
  }

  using std::chrono::sys_days;
  const auto moment = sys_days{*date} + std::chrono::minutes{hour * 60 + minute - offset};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day utc{day};
  const auto clock = std::chrono::hh_mm_ss{moment - day};
  const int year = static_cast<int>(utc.year());
  if (year < 0 || year > 9999) return std::nullopt;
  std::array<char, 40> buffer{};
  const int length =
      std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d", year,
                    static_cast<unsigned>(utc.month()), static_cast<unsigned>(utc.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()), second);
  std::string result(buffer.data(), static_cast<std::size_t>(length));
  result += fraction;
  result += 'Z';
  return result;
}

std::string with_shown_fraction(std::string timestamp) {
  const auto dot = timestamp.find('.');
  if (dot == std::string::npos || !timestamp.ends_with('Z')) return timestamp;
  std::string digits = timestamp.substr(dot + 1, timestamp.size() - dot - 2);
  constexpr std::size_t shown_digits_max = 9;
  digits.resize(shown_digits_max, '0');
  while (digits.ends_with("000")) digits.resize(digits.size() - 3);
  return timestamp.substr(0, dot) + (digits.empty() ? "" : "." + digits) + "Z";
}

}  // namespace leanspec::spec
