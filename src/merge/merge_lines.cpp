#include "merge/merge_lines.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "merge/stretch_merge.h"

namespace leanspec::merge {

namespace {

/// The differences of one side, at both ends of the places where they can stand.
struct SideHunks {
  Hunks down;
  Hunks up;
};

/// Takes the hunks of one side off in the order of the base, and knows where the side is.
class SideCursor {
 public:
  explicit SideCursor(const SideHunks& hunks) : hunks_(hunks) {}

  [[nodiscard]] bool done() const { return next_ == hunks_.down.size(); }
  /// Base lines that the next hunk may touch, wherever it stands.
  [[nodiscard]] LineRange reach() const { return {hunks_.up[next_].base_begin, hunks_.down[next_].base_end}; }
  void take() { ++next_; }

  /// The hunks taken since the last call.
  [[nodiscard]] std::pair<Hunks, Hunks> taken() {
    const auto cut = [&](const Hunks& all) {
      return Hunks(all.begin() + static_cast<std::ptrdiff_t>(begin_), all.begin() + static_cast<std::ptrdiff_t>(next_));
    };
    std::pair<Hunks, Hunks> both{cut(hunks_.down), cut(hunks_.up)};
    begin_ = next_;
    return both;
  }

  /// The side's line for an unchanged base line that is behind all hunks taken.
  [[nodiscard]] std::size_t side_line(std::size_t base_line) const {
    if (next_ == 0) return base_line;
    const Hunk& last = hunks_.down[next_ - 1];
    return last.side_end + (base_line - last.base_end);
  }

 private:
  const SideHunks& hunks_;
  std::size_t begin_ = 0;
  std::size_t next_ = 0;
};

std::optional<SideHunks> hunks_of(const Lines& base, const Lines& side, DiffBudget& budget) {
  auto found = diff(base.elements, side.elements, budget);
  if (!found) return std::nullopt;
  SideHunks hunks{*found, std::move(*found)};
  slide(hunks.down, base.elements, side.elements, Slide::down);
  slide(hunks.up, base.elements, side.elements, Slide::up);
  return hunks;
}

bool same_merged(const std::vector<Row>& a, const std::vector<Row>& b) {
  auto i = a.begin();
  auto j = b.begin();
  for (;;) {
    while (i != a.end() && !i->merged()) ++i;
    while (j != b.end() && !j->merged()) ++j;
    if (i == a.end() || j == b.end()) return i == a.end() && j == b.end();
    if (*i->merged() != *j->merged()) return false;
    ++i, ++j;
  }
}

class LineMerge {
 public:
  LineMerge(const Lines& base, const Lines& ours, const Lines& theirs, WordsInLines words, DiffBudget& budget)
      : base_(base), ours_(ours), theirs_(theirs), words_(words), budget_(budget) {}

  std::optional<std::vector<Stretch>> run() {
    const auto our_hunks = hunks_of(base_, ours_, budget_);
    const auto their_hunks = our_hunks ? hunks_of(base_, theirs_, budget_) : std::nullopt;
    if (!their_hunks) return std::nullopt;
    added_by_ours_ = added(ours_, our_hunks->down);
    added_by_theirs_ = added(theirs_, their_hunks->down);
    SideCursor our(*our_hunks);
    SideCursor their(*their_hunks);
    std::size_t done = 0;  // of the base
    while (!our.done() || !their.done()) {
      LineRange reach = first_reach(our, their);
      const auto our_begin = our.side_line(reach.begin);
      const auto their_begin = their.side_line(reach.begin);
      add_unchanged({done, reach.begin}, our_begin, their_begin);
      for (bool grew = true; grew;) {
        grew = false;
        for (SideCursor* side : {&our, &their}) {
          while (!side->done() && side->reach().begin <= reach.end) {
            reach.end = std::max(reach.end, side->reach().end);
            side->take();
            grew = true;
          }
        }
      }
      Stretch stretch;
      stretch.base = reach;
      stretch.ours = {our_begin, our.side_line(reach.end)};
      stretch.theirs = {their_begin, their.side_line(reach.end)};
      merge(stretch, our.taken(), their.taken());
      stretches_.push_back(std::move(stretch));
      done = reach.end;
    }
    add_unchanged({done, base_.size()}, our.side_line(base_.size()), their.side_line(base_.size()));
    if (budget_.steps_left == 0) return std::nullopt;
    return std::move(stretches_);
  }

 private:
  static std::unordered_set<std::uint32_t> added(const Lines& side, const Hunks& hunks) {
    std::unordered_set<std::uint32_t> elements;
    for (const Hunk& hunk : hunks)
      for (auto line = hunk.side_begin; line < hunk.side_end; ++line) elements.insert(side.elements[line]);
    return elements;
  }

  [[nodiscard]] StretchResult woven(LineRange base, const Hunks& our, const Hunks& their) const {
    return merge_stretch(base_, ours_, theirs_, {base, our, their, &added_by_ours_, &added_by_theirs_}, words_,
                         budget_);
  }

  static LineRange first_reach(const SideCursor& our, const SideCursor& their) {
    if (our.done()) return their.reach();
    if (their.done()) return our.reach();
    return our.reach().begin <= their.reach().begin ? our.reach() : their.reach();
  }

  /// `our_end` and `their_end` are the sides' lines behind the unchanged ones.
  void add_unchanged(LineRange base, std::size_t our_end, std::size_t their_end) {
    if (base.size() == 0) return;
    Stretch stretch;
    stretch.base = base;
    stretch.ours = {our_end - base.size(), our_end};
    stretch.theirs = {their_end - base.size(), their_end};
    for (auto line = base.begin; line < base.end; ++line) {
      const auto text = base_.texts[line];
      stretch.rows.push_back({text, text, text});
    }
    stretches_.push_back(std::move(stretch));
  }

  void merge(Stretch& stretch, const std::pair<Hunks, Hunks>& our, const std::pair<Hunks, Hunks>& their) {
    const auto& [our_down, our_up] = our;
    const auto& [their_down, their_up] = their;
    StretchResult first = woven(stretch.base, our_down, their_down);
    stretch.why = std::move(first.why_not);
    if (!stretch.why.empty()) {
      stretch.kind = StretchKind::conflict;
      return;
    }
    const bool two_sides = !our_down.empty() && !their_down.empty();
    stretch.kind = !two_sides ? StretchKind::one_side : first.words ? StretchKind::words : StretchKind::lines;
    if (two_sides && (our_up != our_down || their_up != their_down) &&
        ambiguous(stretch.base, first.rows, our, their)) {
      stretch.kind = StretchKind::conflict;
      stretch.why = "It cannot be told which of several equal lines was changed";
      return;
    }
    if (two_sides && range_equal(stretch)) stretch.kind = StretchKind::one_side;
    stretch.rows = std::move(first.rows);
  }

  /// Whether the edits read otherwise at another of the places where they can stand. That two insertions meet there is
  /// no reason: where they stand now, their order is clear.
  [[nodiscard]] bool ambiguous(LineRange base, const std::vector<Row>& rows, const std::pair<Hunks, Hunks>& our,
                               const std::pair<Hunks, Hunks>& their) {
    using Places = std::pair<const Hunks&, const Hunks&>;
    const std::array<Places, 3> others = {
        {{our.first, their.second}, {our.second, their.first}, {our.second, their.second}}};
    return std::any_of(others.begin(), others.end(), [&](const Places& places) {
      const StretchResult other = woven(base, places.first, places.second);
      return other.why_not.empty() ? !same_merged(rows, other.rows) : !other.same_point;
    });
  }

  [[nodiscard]] bool range_equal(const Stretch& stretch) const {
    const auto a = ours_.elements.subspan(stretch.ours.begin, stretch.ours.size());
    const auto b = theirs_.elements.subspan(stretch.theirs.begin, stretch.theirs.size());
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

  const Lines& base_;
  const Lines& ours_;
  const Lines& theirs_;
  WordsInLines words_;
  DiffBudget& budget_;
  std::unordered_set<std::uint32_t> added_by_ours_;
  std::unordered_set<std::uint32_t> added_by_theirs_;
  std::vector<Stretch> stretches_;
};

}  // namespace

std::optional<std::vector<Stretch>> merge_lines(const Lines& base, const Lines& ours, const Lines& theirs,
                                                WordsInLines words, DiffBudget& budget) {
  return LineMerge(base, ours, theirs, words, budget).run();
}

}  // namespace leanspec::merge
