#include "merge/sections.h"

#include <algorithm>
#include <map>
#include <set>

namespace leanspec::merge {

namespace {

bool same_lines(const Lines& a, LineRange in_a, const Lines& b, LineRange in_b) {
  const auto x = a.elements.subspan(in_a.begin, in_a.size());
  const auto y = b.elements.subspan(in_b.begin, in_b.size());
  return std::equal(x.begin(), x.end(), y.begin(), y.end());
}

/// The lines below the heading.
LineRange content(const Section& section) {
  return {section.lines.begin + (section.level > 0 && section.lines.size() > 0 ? 1U : 0U), section.lines.end};
}

/// Whether at least half of the lines of either are in both.
bool similar(const Lines& a, LineRange in_a, const Lines& b, LineRange in_b) {
  if (in_a.size() == 0 && in_b.size() == 0) return true;
  std::multiset<std::uint32_t> left;
  for (auto i = in_a.begin; i < in_a.end; ++i) left.insert(a.elements[i]);
  std::size_t shared = 0;
  for (auto i = in_b.begin; i < in_b.end; ++i) {
    if (const auto found = left.find(b.elements[i]); found != left.end()) {
      left.erase(found);
      ++shared;
    }
  }
  return shared * 2 >= std::max(in_a.size(), in_b.size());
}

class SectionMatch {
 public:
  SectionMatch(const Lines& base, const std::vector<Section>& of_base, const Lines& side,
               const std::vector<Section>& of_side)
      : base_(base),
        side_(side),
        of_base_(of_base),
        of_side_(of_side),
        taken_(of_base.size()),
        matches_(of_side.size()) {}

  std::vector<std::optional<std::size_t>> run() {
    pair(0, 0);
    by_key([](const Section& section) { return section.path; });
    by_key([](const Section& section) {
      return std::vector<std::uint32_t>(section.path.end() - (section.level > 0 ? 1U : 0U), section.path.end());
    });
    renamed();
    return std::move(matches_);
  }

 private:
  void pair(std::size_t base, std::size_t side) {
    taken_[base] = true;
    matches_[side] = base;
  }

  /// Pairs what has the same key: the only ones at once; of several, those with the same lines first, then, if as many
  /// are left on both sides, in their order.
  template <typename KeyOf>
  void by_key(KeyOf key_of) {
    std::map<std::vector<std::uint32_t>, std::pair<std::vector<std::size_t>, std::vector<std::size_t>>> groups;
    for (std::size_t i = 0; i < of_base_.size(); ++i)
      if (!taken_[i]) groups[key_of(of_base_[i])].first.push_back(i);
    for (std::size_t i = 0; i < of_side_.size(); ++i)
      if (!matches_[i]) groups[key_of(of_side_[i])].second.push_back(i);
    for (auto& [key, group] : groups) {
      auto& [bases, sides] = group;
      if (bases.size() > 1 || sides.size() > 1) {
        for (const auto side : sides) {
          const auto equal = std::find_if(bases.begin(), bases.end(), [&](std::size_t base) {
            return !taken_[base] && same_lines(base_, of_base_[base].lines, side_, of_side_[side].lines);
          });
          if (equal != bases.end()) pair(*equal, side);
        }
        std::erase_if(bases, [&](std::size_t base) { return taken_[base]; });
        std::erase_if(sides, [&](std::size_t side) { return matches_[side].has_value(); });
      }
      if (bases.size() != sides.size()) continue;
      for (std::size_t i = 0; i < bases.size(); ++i) pair(bases[i], sides[i]);
    }
  }

  /// A heading that follows the same section as before, or stands before the same one, over much the same lines.
  void renamed() {
    for (std::size_t side = 1; side < of_side_.size(); ++side) {
      if (matches_[side]) continue;
      std::optional<std::size_t> candidate;
      if (matches_[side - 1] && *matches_[side - 1] + 1 < of_base_.size()) candidate = *matches_[side - 1] + 1;
      if ((!candidate || taken_[*candidate]) && side + 1 < of_side_.size() && matches_[side + 1] &&
          *matches_[side + 1] > 0)
        candidate = *matches_[side + 1] - 1;
      if (!candidate || taken_[*candidate] || of_base_[*candidate].level != of_side_[side].level) continue;
      if (similar(base_, content(of_base_[*candidate]), side_, content(of_side_[side]))) pair(*candidate, side);
    }
  }

  const Lines& base_;
  const Lines& side_;
  const std::vector<Section>& of_base_;
  const std::vector<Section>& of_side_;
  std::vector<bool> taken_;
  std::vector<std::optional<std::size_t>> matches_;
};

}  // namespace

std::vector<Section> split_sections(const Lines& lines) {
  std::vector<Section> sections(1);
  std::vector<std::pair<std::uint8_t, std::uint32_t>> above;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto level = lines.traits[i].heading;
    if (level > 0) {
      sections.back().lines.end = i;
      while (!above.empty() && above.back().first >= level) above.pop_back();
      above.emplace_back(level, lines.elements[i]);
      Section& section = sections.emplace_back();
      section.lines.begin = i;
      section.level = level;
      for (const auto& [ignored, element] : above) section.path.push_back(element);
    }
  }
  sections.back().lines.end = lines.size();
  for (Section& section : sections) {
    while (section.lines.end > section.lines.begin && is_blank(lines.texts[section.lines.end - 1])) {
      --section.lines.end;
      ++section.blanks;
    }
  }
  return sections;
}

std::vector<std::optional<std::size_t>> match_sections(const Lines& base, const std::vector<Section>& of_base,
                                                       const Lines& side, const std::vector<Section>& of_side) {
  return SectionMatch(base, of_base, side, of_side).run();
}

bool has_moves(const std::vector<std::optional<std::size_t>>& matches) {
  std::size_t next = 0;
  for (const auto& match : matches) {
    if (!match) continue;
    if (*match < next) return true;
    next = *match + 1;
  }
  return false;
}

}  // namespace leanspec::merge
