#include "merge/gate.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "merge/line_order.h"
#include "merge/structure.h"

namespace leanspec::merge {

namespace {

constexpr const char* not_exact = "the merged text does not contain exactly what both sides wrote";

using Cell = std::optional<std::string_view>;
using CellOf = Cell Row::*;
using PlaceOf = std::optional<std::size_t> WovenSection::*;

bool follows_rule_of_three(const Row& row) {
  if (!row.words) return row.ours == row.base || row.theirs == row.base || row.ours == row.theirs;
  if (!row.base || !row.ours || !row.theirs) return false;
  std::string base;
  std::string ours;
  std::string theirs;
  std::string merged;
  for (const WordRow& word : row.words->rows) {
    if (word.ours != word.base && word.theirs != word.base && word.ours != word.theirs) return false;
    base += word.base;
    ours += word.ours;
    theirs += word.theirs;
    merged += word.ours == word.base ? word.theirs : word.ours;
  }
  return base == *row.base && ours == *row.ours && theirs == *row.theirs && merged == row.words->text;
}

/// Whether the column, its sections in the order that this text has them, is exactly the text.
bool reproduces(const BodyMerge& merge, PlaceOf place, CellOf cell, const TextLines& text) {
  std::vector<const WovenSection*> sections;
  for (const WovenSection& section : merge.sections) {
    if (section.*place) sections.push_back(&section);
    for (const Stretch& stretch : section.stretches) {
      const auto stray = [&](const Row& row) { return (row.*cell).has_value() && !(section.*place); };
      if (std::any_of(stretch.rows.begin(), stretch.rows.end(), stray)) return false;
    }
  }
  std::stable_sort(sections.begin(), sections.end(), [&](auto* a, auto* b) { return *(a->*place) < *(b->*place); });
  std::size_t next = 0;
  for (const WovenSection* section : sections) {
    for (const Stretch& stretch : section->stretches) {
      for (const Row& row : stretch.rows) {
        if (!(row.*cell)) continue;
        if (next == text.lines.size() || *(row.*cell) != text.lines[next]) return false;
        ++next;
      }
    }
  }
  return next == text.lines.size();
}

/// Sections that all texts have stand as in ours, unless ours did not move them; then as in theirs.
bool order_is_theirs_or_ours(const BodyMerge& merge) {
  std::vector<const WovenSection*> common;
  for (const WovenSection& section : merge.sections)
    if (section.base && section.ours && section.theirs) common.push_back(&section);
  const auto sorted = [&](PlaceOf place) {
    auto order = common;
    std::stable_sort(order.begin(), order.end(), [&](auto* a, auto* b) { return *(a->*place) < *(b->*place); });
    return order;
  };
  const auto base = sorted(&WovenSection::base);
  const auto ours = sorted(&WovenSection::ours);
  const auto theirs = sorted(&WovenSection::theirs);
  if (ours != base && theirs != base && ours != theirs) return false;
  return common == (ours == base ? theirs : ours);
}

/// Adds up words with signs; conserved when every sum is zero.
class WordBalance {
 public:
  void add(std::string_view text, std::int64_t times) {
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at + 1;
      if (in_word(text[at])) {
        while (end < text.size() && in_word(text[end])) ++end;
      }
      sums_[text.substr(at, end - at)] += times;
      at = end;
    }
  }

  [[nodiscard]] bool even() const {
    return std::all_of(sums_.begin(), sums_.end(), [](const auto& sum) { return sum.second == 0; });
  }

 private:
  static bool in_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  }

  std::unordered_map<std::string_view, std::int64_t> sums_;
};

/// result = ours + theirs - base - (what both did alike), in words. Whole lines are balanced first, as most cancel out.
bool conserves_words(const BodyTexts& texts, const BodyMerge& merge, const TextLines& result) {
  std::unordered_map<std::string_view, std::int64_t> lines;
  for (const auto line : texts.ours.split.lines) ++lines[line];
  for (const auto line : texts.theirs.split.lines) ++lines[line];
  for (const auto line : texts.base.split.lines) --lines[line];
  for (const auto line : result.lines) --lines[line];
  WordBalance balance;
  for (const WovenSection& section : merge.sections) {
    for (const Stretch& stretch : section.stretches) {
      for (const Row& row : stretch.rows) {
        if (row.words) {
          for (const WordRow& word : row.words->rows) {
            if (word.ours != word.theirs || word.ours == word.base) continue;
            balance.add(word.ours, -1);
            balance.add(word.base, 1);
          }
        } else if (row.ours == row.theirs && row.ours != row.base) {
          if (row.ours) --lines[*row.ours];
          if (row.base) ++lines[*row.base];
        }
      }
    }
  }
  for (const auto& [line, times] : lines)
    if (times != 0) balance.add(line, times);
  return balance.even();
}

/// How often each line that is not blank stands in a text, lines that were merged by words left out.
using LineCounts = std::unordered_map<std::string_view, std::int64_t>;

LineCounts counts_of(const std::vector<std::string_view>& lines, const BodyMerge& merge, CellOf cell) {
  LineCounts counts;
  for (const auto line : lines)
    if (!is_blank(line)) ++counts[line];
  for (const WovenSection& section : merge.sections)
    for (const Stretch& stretch : section.stretches)
      for (const Row& row : stretch.rows)
        if (row.words) --counts[cell != nullptr ? *(row.*cell) : std::string_view(row.words->text)];
  return counts;
}

/// A line that one side only moved is there as often as the other side has it: what the one moved and the other deleted
/// must not come back, and what both moved must not be there twice.
bool keeps_counts(const BodyTexts& texts, const BodyMerge& merge, const TextLines& result) {
  auto was = counts_of(texts.base.split.lines, merge, &Row::base);
  auto ours = counts_of(texts.ours.split.lines, merge, &Row::ours);
  auto theirs = counts_of(texts.theirs.split.lines, merge, &Row::theirs);
  auto now = counts_of(result.lines, merge, nullptr);
  for (const LineCounts* counts : {&ours, &theirs, &now})
    for (const auto& [line, ignored] : *counts) was.try_emplace(line, 0);
  return std::all_of(was.begin(), was.end(), [&](const auto& entry) {
    const auto& [line, before] = entry;
    const auto our = ours[line];
    const auto their = theirs[line];
    if (our == before) return now[line] == their;
    return their != before || now[line] == our;
  });
}

/// What a line is by its place: in or out of code and comments, a heading or not.
struct Meaning {
  bool fenced = false;
  bool commented = false;
  std::uint8_t heading = 0;

  explicit Meaning(const LineTraits& line) : fenced(line.fenced), commented(line.commented), heading(line.heading) {}
  friend bool operator==(const Meaning&, const Meaning&) = default;
};

/// The rule of three for each part of it; nothing where the sides made different headings of the line.
std::optional<Meaning> merged_meaning(const Meaning& base, const Meaning& ours, const Meaning& theirs) {
  Meaning merged = ours;
  if (ours.fenced == base.fenced) merged.fenced = theirs.fenced;
  if (ours.commented == base.commented) merged.commented = theirs.commented;
  if (ours.heading == base.heading) {
    merged.heading = theirs.heading;
  } else if (theirs.heading != base.heading && theirs.heading != ours.heading) {
    return std::nullopt;
  }
  return merged;
}

/// Each line of the result has the meaning that the rule of three gives it.
bool keeps_meaning(const BodyTexts& texts, const BodyMerge& merge, const std::vector<LineTraits>& result) {
  std::size_t line = 0;
  for (const WovenSection& section : merge.sections) {
    for (const Stretch& stretch : section.stretches) {
      std::size_t base = stretch.base.begin;
      std::size_t ours = stretch.ours.begin;
      std::size_t theirs = stretch.theirs.begin;
      for (const Row& row : stretch.rows) {
        const auto meaning = [](const Cell& cell, const std::vector<LineTraits>& traits, std::size_t& next) {
          return cell ? std::optional<Meaning>(traits[next++]) : std::nullopt;
        };
        const auto of_base = meaning(row.base, texts.base.traits, base);
        const auto of_ours = meaning(row.ours, texts.ours.traits, ours);
        const auto of_theirs = meaning(row.theirs, texts.theirs.traits, theirs);
        if (!row.merged()) continue;
        auto expected = of_ours ? of_ours : of_theirs;
        if (of_ours && of_theirs && of_base) expected = merged_meaning(*of_base, *of_ours, *of_theirs);
        if (of_ours && of_theirs && !of_base && *of_ours != *of_theirs) expected = std::nullopt;
        if (!expected || line >= result.size() || *expected != Meaning(result[line])) return false;
        ++line;
      }
    }
  }
  return line == result.size();
}

std::optional<std::string> worse_structure(const BodyTexts& texts, const TextLines& result,
                                           const std::vector<LineTraits>& traits) {
  const auto base = count_defects(texts.base.split.lines, texts.base.traits);
  const auto ours = count_defects(texts.ours.split.lines, texts.ours.traits);
  const auto theirs = count_defects(texts.theirs.split.lines, texts.theirs.traits);
  const auto merged = count_defects(result.lines, traits);
  for (std::size_t kind = 0; kind < defect_kinds; ++kind) {
    // What each side brings of its own adds up.
    const auto both = ours[kind] + theirs[kind] > base[kind] ? ours[kind] + theirs[kind] - base[kind] : 0;
    if (merged[kind] > std::max({ours[kind], theirs[kind], both}))
      return std::string(to_string(static_cast<Defect>(kind)));
  }
  return std::nullopt;
}

bool has_new_marker(const BodyTexts& texts, const TextLines& result) {
  std::unordered_set<std::string_view> known;
  for (const BodyText* text : {&texts.base, &texts.ours, &texts.theirs})
    for (const auto line : text->split.lines)
      if (is_conflict_marker(line)) known.insert(line);
  return std::any_of(result.lines.begin(), result.lines.end(),
                     [&](std::string_view line) { return is_conflict_marker(line) && !known.contains(line); });
}

}  // namespace

std::optional<std::string> refuse(const BodyTexts& texts, const BodyMerge& merge) {
  for (const WovenSection& section : merge.sections)
    for (const Stretch& stretch : section.stretches)
      for (const Row& row : stretch.rows)
        if (!follows_rule_of_three(row)) return not_exact;
  if (!reproduces(merge, &WovenSection::base, &Row::base, texts.base.split) ||
      !reproduces(merge, &WovenSection::ours, &Row::ours, texts.ours.split) ||
      !reproduces(merge, &WovenSection::theirs, &Row::theirs, texts.theirs.split) || !order_is_theirs_or_ours(merge))
    return not_exact;
  const std::string text = merge.text();
  const TextLines result = split_lines(text);
  if (!conserves_words(texts, merge, result)) return not_exact;
  if (!keeps_counts(texts, merge, result)) return "one side moved what the other changed";
  if (!keeps_order(texts, result)) return "both sides moved text, in different ways";
  const auto traits = scan_markdown(result.lines);
  if (!keeps_meaning(texts, merge, traits))
    return "a line would move into or out of a code block, a comment or a heading";
  if (auto worse = worse_structure(texts, result, traits)) return worse;
  if (has_new_marker(texts, result)) return "a line would look like a conflict marker";
  return std::nullopt;
}

}  // namespace leanspec::merge
