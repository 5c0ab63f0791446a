#include "merge/merge_sections.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "merge/sections.h"

namespace leanspec::merge {

namespace {

constexpr const char* why_deleted_section = "One side deleted a section that the other changed";
constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// A section that at least one of the texts has, with its place in each, or `none`.
struct Member {
  std::size_t base = none;
  std::size_t ours = none;
  std::size_t theirs = none;

  [[nodiscard]] bool is_new() const { return base == none; }
};

/// One text with its sections and, for each, which member it is.
struct Column {
  Lines lines;
  std::vector<Section> sections;
  std::vector<std::optional<std::size_t>> matches;  ///< with the base's sections
  std::vector<std::size_t> members;
  std::size_t Member::*place = nullptr;

  [[nodiscard]] bool has(const Member& member) const { return member.*place != none; }
  [[nodiscard]] const Section& section(const Member& member) const { return sections[member.*place]; }
};

LineRange with_blanks(const Section& section) {
  return {section.lines.begin, section.lines.end + section.blanks};
}

class SectionMerge {
 public:
  SectionMerge(const Lines& base, const Lines& ours, const Lines& theirs, WordsInLines words, DiffBudget& budget)
      : base_{base, split_sections(base), {}, {}, &Member::base},
        ours_{ours, split_sections(ours), {}, {}, &Member::ours},
        theirs_{theirs, split_sections(theirs), {}, {}, &Member::theirs},
        words_(words),
        budget_(budget) {}

  std::optional<BodyMerge> run() {
    for (const Column* column : {&base_, &ours_, &theirs_})
      if (column->sections.size() > sections_max) return std::nullopt;
    ours_.matches = match_sections(base_.lines, base_.sections, ours_.lines, ours_.sections);
    theirs_.matches = match_sections(base_.lines, base_.sections, theirs_.lines, theirs_.sections);
    const bool ours_moved = has_moves(ours_.matches);
    const bool theirs_moved = has_moves(theirs_.matches);
    if (!ours_moved && !theirs_moved) return std::nullopt;
    enlist();
    const Column& skeleton = ours_moved ? ours_ : theirs_;
    mover_ = ours_moved && theirs_moved ? nullptr : &skeleton;
    const Column& other = ours_moved ? theirs_ : ours_;
    if (ours_moved && theirs_moved && !same_order()) return std::nullopt;
    if (ours_moved && theirs_moved) {
      // Neither is more of a skeleton than the other: both ways round must agree.
      if (!merge_order(other, skeleton)) return std::nullopt;
      const auto one_way = std::exchange(order_, {});
      if (!merge_order(skeleton, other) || order_ != one_way) return std::nullopt;
    } else if (!merge_order(skeleton, other)) {
      return std::nullopt;
    }
    BodyMerge merge;
    merge.by_headings = true;
    for (const auto index : order_) merge.sections.push_back(woven(members_[index]));
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (std::find(order_.begin(), order_.end(), i) == order_.end()) merge.sections.push_back(woven(members_[i]));
    }
    if (budget_.steps_left == 0) return std::nullopt;
    return merge;
  }

 private:
  void enlist() {
    for (std::size_t i = 0; i < base_.sections.size(); ++i) members_.push_back({i, none, none});
    for (Column* side : {&ours_, &theirs_}) {
      for (std::size_t i = 0; i < side->sections.size(); ++i) {
        std::size_t member = side->matches[i].value_or(none);
        if (member == none && side == &theirs_) member = same_addition(i);
        if (member == none) {
          member = members_.size();
          members_.emplace_back();
        }
        members_[member].*(side->place) = i;
        side->members.push_back(member);
      }
    }
  }

  /// The section that ours added with the same lines as this one of theirs.
  [[nodiscard]] std::size_t same_addition(std::size_t theirs) const {
    const auto lines = theirs_.sections[theirs].lines;
    const auto element = theirs_.lines.elements.subspan(lines.begin, lines.size());
    for (std::size_t i = base_.sections.size(); i < members_.size(); ++i) {
      if (members_[i].theirs != none || members_[i].ours == none) continue;
      const auto in_ours = ours_.sections[members_[i].ours].lines;
      const auto other = ours_.lines.elements.subspan(in_ours.begin, in_ours.size());
      if (std::equal(element.begin(), element.end(), other.begin(), other.end())) return i;
    }
    return none;
  }

  [[nodiscard]] bool same_order() const {
    std::size_t last = 0;
    for (const auto index : ours_.members) {
      const Member& member = members_[index];
      if (member.theirs == none) continue;
      if (member.theirs < last) return false;
      last = member.theirs;
    }
    return true;
  }

  /// False when the order cannot be told with certainty.
  bool merge_order(const Column& skeleton, const Column& other) {
    for (std::size_t i = 0; i < skeleton.members.size(); ++i) {
      const Member& member = members_[skeleton.members[i]];
      if (!member.is_new() && !other.has(member) && unchanged(member, skeleton)) continue;  // the other side deleted it
      if (member.is_new() && i > 0) {
        const Member& before = members_[skeleton.members[i - 1]];
        if (!before.is_new() && !other.has(before) && skeleton.sections[i].level > skeleton.section(before).level)
          return false;
      }
      order_.push_back(skeleton.members[i]);
    }
    for (std::size_t i = 0; i < other.members.size(); ++i) {
      const auto index = other.members[i];
      const Member& member = members_[index];
      if (skeleton.has(member) || (!member.is_new() && unchanged(member, other))) continue;
      if (i == 0) return false;
      const auto before = std::find(order_.begin(), order_.end(), other.members[i - 1]);
      if (before == order_.end()) return false;  // added to a section that is gone
      const auto next = before + 1;
      const std::size_t follows = i + 1 < other.members.size() ? other.members[i + 1] : none;
      if (next != order_.end() && *next != follows) {
        if (members_[*next].is_new() && skeleton.has(members_[*next])) return false;  // both added here
        // The neighbours were parted: it stays with the one above only if it is below its heading.
        if (follows == none || other.sections[i].level <= other.sections[i + 1].level) return false;
      }
      order_.insert(next, index);
    }
    return true;
  }

  [[nodiscard]] bool unchanged(const Member& member, const Column& side) const {
    const auto mine = side.section(member).lines;
    const auto was = base_.section(member).lines;
    const auto a = side.lines.elements.subspan(mine.begin, mine.size());
    const auto b = base_.lines.elements.subspan(was.begin, was.size());
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

  WovenSection woven(const Member& member) {
    WovenSection section;
    const auto place = [](std::size_t at) { return at == none ? std::nullopt : std::optional(at); };
    section.base = place(member.base);
    section.ours = place(member.ours);
    section.theirs = place(member.theirs);
    if (!member.is_new() && ours_.has(member) && theirs_.has(member)) {
      merge_contents(member, section);
      return section;
    }
    Stretch stretch;
    stretch.kind = StretchKind::one_side;
    const auto range = [&](const Column& column) {
      return column.has(member) ? with_blanks(column.section(member)) : LineRange();
    };
    stretch.base = range(base_);
    stretch.ours = range(ours_);
    stretch.theirs = range(theirs_);
    const Column& holder = ours_.has(member) ? ours_ : theirs_;
    if (!member.is_new() && (ours_.has(member) || theirs_.has(member)) && !unchanged(member, holder)) {
      stretch.kind = StretchKind::conflict;
      stretch.why = why_deleted_section;
    } else {
      // Two texts have it, with the same lines and perhaps another number of blank lines behind; or one has it alone.
      add_rows(stretch, stretch.base, stretch.ours, stretch.theirs);
    }
    section.stretches.push_back(std::move(stretch));
    return section;
  }

  /// The blank lines at the end of a section that are there because of its place, one text after the other. A side that
  /// moves a section to or from the end of the text puts some in or takes some away; all others are lines of the
  /// section.
  struct Tails {
    std::size_t base = 0;
    std::size_t ours = 0;
    std::size_t theirs = 0;
  };

  [[nodiscard]] Tails tails_of(const Member& member) const {
    const Section& was = base_.section(member);
    if (mover_ == nullptr) return {was.blanks, ours_.section(member).blanks, theirs_.section(member).blanks};
    Tails tails;
    const bool by_ours = mover_ == &ours_;
    const Section& now = mover_->section(member);
    const Section& other = (by_ours ? theirs_ : ours_).section(member);
    const auto last = [](const Column& column, const Section& section) {
      return section.lines.size() == 0 ? std::nullopt : std::optional(column.lines.elements[section.lines.end - 1]);
    };
    if (last(base_, was) != last(*mover_, now)) return tails;  // it edited the end
    if (now.blanks > was.blanks) {
      (by_ours ? tails.ours : tails.theirs) = now.blanks - was.blanks;
    } else {
      tails.base = was.blanks - now.blanks;
      (by_ours ? tails.theirs : tails.ours) = std::min(tails.base, other.blanks);
    }
    return tails;
  }

  void merge_contents(const Member& member, WovenSection& section) {
    const Tails tails = tails_of(member);
    const auto content = [&](const Column& column, std::size_t tail) {
      LineRange lines = with_blanks(column.section(member));
      lines.end -= tail;
      return lines;
    };
    const auto base = content(base_, tails.base);
    const auto ours = content(ours_, tails.ours);
    const auto theirs = content(theirs_, tails.theirs);
    auto stretches =
        merge_lines(base_.lines.part(base), ours_.lines.part(ours), theirs_.lines.part(theirs), words_, budget_);
    if (!stretches) return;
    section.stretches = std::move(*stretches);
    for (Stretch& stretch : section.stretches) {
      const auto shift = [](LineRange& range, std::size_t by) {
        range.begin += by;
        range.end += by;
      };
      shift(stretch.base, base.begin);
      shift(stretch.ours, ours.begin);
      shift(stretch.theirs, theirs.begin);
    }
    Stretch blanks;
    blanks.kind = StretchKind::one_side;
    blanks.base = {base.end, base.end + tails.base};
    blanks.ours = {ours.end, ours.end + tails.ours};
    blanks.theirs = {theirs.end, theirs.end + tails.theirs};
    add_rows(blanks, blanks.base, blanks.ours, blanks.theirs);
    if (!blanks.rows.empty()) section.stretches.push_back(std::move(blanks));
  }

  /// Rows of lines that are the same in all texts that have them; a text may have fewer.
  void add_rows(Stretch& stretch, LineRange base, LineRange ours, LineRange theirs) const {
    const auto count = std::max({base.size(), ours.size(), theirs.size()});
    for (std::size_t i = 0; i < count; ++i) {
      const auto cell = [&](const Column& column, LineRange lines) -> std::optional<std::string_view> {
        return i < lines.size() ? std::optional(column.lines.texts[lines.begin + i]) : std::nullopt;
      };
      stretch.rows.push_back({cell(base_, base), cell(ours_, ours), cell(theirs_, theirs)});
    }
  }

  Column base_;
  Column ours_;
  Column theirs_;
  const Column* mover_ = nullptr;  ///< the side that moved sections; null when both did
  WordsInLines words_;
  DiffBudget& budget_;
  std::vector<Member> members_;
  std::vector<std::size_t> order_;
};

}  // namespace

std::optional<BodyMerge> merge_sections(const Lines& base, const Lines& ours, const Lines& theirs, WordsInLines words,
                                        DiffBudget& budget) {
  return SectionMerge(base, ours, theirs, words, budget).run();
}

}  // namespace leanspec::merge
