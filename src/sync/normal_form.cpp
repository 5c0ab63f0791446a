#include "sync/normal_form.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "sync/normal_form_tables.h"
#include "text/utf8.h"

namespace leanspec::sync {

namespace {

// Below this nothing is a mark, and nothing is put together from two.
constexpr char32_t first_mark = 0x300;

// Hangul syllables, The Unicode Standard 3.12.
constexpr char32_t hangul_base = 0xAC00;
constexpr char32_t hangul_lead = 0x1100;
constexpr char32_t hangul_vowel = 0x1161;
constexpr char32_t hangul_tail = 0x11A7;
constexpr char32_t hangul_leads = 19;
constexpr char32_t hangul_vowels = 21;
constexpr char32_t hangul_tails = 28;
constexpr char32_t hangul_syllables = hangul_leads * hangul_vowels * hangul_tails;

/// A byte that is no UTF-8 is carried as a code point of its own, which no text has.
constexpr char32_t no_character = 0x110000;

const Composed* find(const auto& table, char32_t point) {
  const auto at = std::lower_bound(table.begin(), table.end(), point,
                                   [](const Composed& row, char32_t value) { return row.whole < value; });
  return at == table.end() || at->whole != point ? nullptr : &*at;
}

int order_of(char32_t point) {
  if (point < first_mark) return 0;
  const auto at = std::lower_bound(marks.begin(), marks.end(), point,
                                   [](const MarkRange& range, char32_t value) { return range.to < value; });
  return at == marks.end() || point < at->from ? 0 : at->order;
}

void take_apart(char32_t point, std::u32string& into) {
  if (point >= hangul_base && point < hangul_base + hangul_syllables) {
    const char32_t index = point - hangul_base;
    into.push_back(hangul_lead + index / (hangul_vowels * hangul_tails));
    into.push_back(hangul_vowel + index % (hangul_vowels * hangul_tails) / hangul_tails);
    if (index % hangul_tails != 0) into.push_back(hangul_tail + index % hangul_tails);
    return;
  }
  const Composed* row = point < 0xC0 ? nullptr : find(composed_characters, point);
  if (row == nullptr && point >= first_mark) row = find(taken_apart_only, point);
  if (row == nullptr) return into.push_back(point);
  take_apart(row->first, into);
  if (row->second != 0) take_apart(row->second, into);
}

std::optional<char32_t> put_together(char32_t first, char32_t second) {
  if (first >= hangul_lead && first < hangul_lead + hangul_leads && second >= hangul_vowel &&
      second < hangul_vowel + hangul_vowels)
    return hangul_base + ((first - hangul_lead) * hangul_vowels + (second - hangul_vowel)) * hangul_tails;
  const bool is_open =
      first >= hangul_base && first < hangul_base + hangul_syllables && (first - hangul_base) % hangul_tails == 0;
  if (is_open && second > hangul_tail && second < hangul_tail + hangul_tails) return first + (second - hangul_tail);
  const auto found = std::find_if(composed_characters.begin(), composed_characters.end(),
                                  [&](const Composed& row) { return row.first == first && row.second == second; });
  return found == composed_characters.end() ? std::nullopt : std::optional<char32_t>(found->whole);
}

std::string to_utf8(const std::u32string& points) {
  std::string text;
  for (const char32_t point : points) {
    if (point >= no_character)
      text.push_back(static_cast<char>(static_cast<std::uint8_t>(point - no_character)));
    else
      text::append_code_point(text, point);
  }
  return text;
}

/// In their canonical order.
std::u32string points_of(std::string_view name) {
  std::u32string points;
  points.reserve(name.size());
  for (std::size_t at = 0; at < name.size();) {
    if (const auto point = text::next_code_point(name, at))
      take_apart(*point, points);
    else
      points.push_back(no_character + static_cast<std::uint8_t>(name[at++]));
  }
  // Each run of marks in its order.
  for (std::size_t from = 0; from < points.size(); ++from) {
    if (order_of(points[from]) == 0) continue;
    std::size_t to = from;
    while (to < points.size() && order_of(points[to]) != 0) ++to;
    std::stable_sort(points.begin() + static_cast<std::ptrdiff_t>(from),
                     points.begin() + static_cast<std::ptrdiff_t>(to),
                     [](char32_t a, char32_t b) { return order_of(a) < order_of(b); });
    from = to;
  }
  return points;
}

}  // namespace

std::string taken_apart(std::string_view name) {
  return to_utf8(points_of(name));
}

std::string composed(std::string_view name) {
  std::u32string whole;
  std::optional<std::size_t> base;  ///< of `whole`: what a mark may join
  int before = 0;                   ///< order of the last mark that stayed
  for (const char32_t point : points_of(name)) {
    const int order = order_of(point);
    const bool blocked = base && *base + 1 != whole.size() && before >= order;
    if (base && !blocked) {
      if (const auto joined = put_together(whole[*base], point)) {
        whole[*base] = *joined;
        continue;
      }
    }
    if (order == 0) base = whole.size();
    before = order;
    whole.push_back(point);
  }
  return to_utf8(whole);
}

}  // namespace leanspec::sync
