#include "merge/line_order.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

namespace leanspec::merge {

namespace {

/// Only where both sides moved lines must pairs be looked at one by one: a few milliseconds at this bound.
constexpr std::size_t pairs_max = 1'000'000;

/// Where a line that is in all four texts, once in each, stands in them.
struct LinePlaces {
  std::array<std::size_t, 4> place{};  ///< base, ours, theirs, result
  std::array<std::size_t, 4> times{};
};

constexpr std::size_t in_base = 0;
constexpr std::size_t in_ours = 1;
constexpr std::size_t in_theirs = 2;
constexpr std::size_t in_result = 3;

/// The lines that are not part of the longest run that `side` has in the base's order; `lines` are in the base's order.
std::vector<const LinePlaces*> displaced(const std::vector<LinePlaces>& lines, std::size_t side) {
  std::vector<std::size_t> tops;
  std::vector<std::size_t> below(lines.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto top = std::lower_bound(tops.begin(), tops.end(), lines[i].place[side],
                                      [&](std::size_t at, std::size_t place) { return lines[at].place[side] < place; });
    if (top != tops.begin()) below[i] = *(top - 1);
    if (top == tops.end()) {
      tops.push_back(i);
    } else {
      *top = i;
    }
  }
  std::vector<bool> stays(lines.size());
  for (std::size_t i = tops.empty() ? lines.size() : tops.back(); i < lines.size(); i = below[i]) stays[i] = true;
  std::vector<const LinePlaces*> moved;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (!stays[i]) moved.push_back(&lines[i]);
  return moved;
}

}  // namespace

bool keeps_order(const BodyTexts& texts, const TextLines& result) {
  std::unordered_map<std::string_view, LinePlaces> all;
  const auto read = [&](const std::vector<std::string_view>& lines, std::size_t text) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      LinePlaces& line = all[lines[i]];
      line.place[text] = i;
      ++line.times[text];
    }
  };
  read(texts.base.split.lines, in_base);
  read(texts.ours.split.lines, in_ours);
  read(texts.theirs.split.lines, in_theirs);
  read(result.lines, in_result);
  std::vector<LinePlaces> lines;
  for (const auto& [text, line] : all)
    if (!is_blank(text) && line.times == std::array<std::size_t, 4>{1, 1, 1, 1}) lines.push_back(line);
  const auto in_order_of = [&](std::size_t text) {
    std::sort(lines.begin(), lines.end(), [&](const auto& a, const auto& b) { return a.place[text] < b.place[text]; });
  };
  in_order_of(in_base);
  auto moved = displaced(lines, in_ours);
  const auto moved_by_theirs = displaced(lines, in_theirs);
  if (moved.empty() || moved_by_theirs.empty()) {
    in_order_of(moved.empty() ? in_theirs : in_ours);
    return std::is_sorted(lines.begin(), lines.end(),
                          [](const auto& a, const auto& b) { return a.place[in_result] < b.place[in_result]; });
  }
  moved.insert(moved.end(), moved_by_theirs.begin(), moved_by_theirs.end());
  if (moved.size() * lines.size() > pairs_max) return false;
  for (const LinePlaces* const one : moved) {
    for (const LinePlaces& other : lines) {
      const auto before = [&](std::size_t text) { return one->place[text] < other.place[text]; };
      const bool expected = before(in_ours) == before(in_base) ? before(in_theirs) : before(in_ours);
      if (&other != one && before(in_result) != expected) return false;
    }
  }
  return true;
}

}  // namespace leanspec::merge
