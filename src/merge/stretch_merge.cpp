#include "merge/stretch_merge.h"

#include <algorithm>

#include "merge/line_pairs.h"

namespace leanspec::merge {

namespace {

constexpr const char* why_same_point = "Both added text at the same place";
constexpr const char* why_same_line = "Both changed the same words, or words side by side";
constexpr const char* why_whole = "Both changed the same line of a code block or table head";
constexpr const char* why_deleted = "One side changed what the other deleted or rewrote";
constexpr const char* why_added_to_deleted = "One side added to what the other deleted, rewrote or moved";

/// What one side did to one line of the base.
struct LineEdit {
  enum class Kind { kept, modified, deleted, rewritten };
  Kind kind = Kind::kept;
  std::uint32_t side_line = 0;  ///< of a modified line
  std::size_t rewrite = 0;      ///< of a rewritten line: the index of its Rewrite
};

/// Lines of the base that became other lines, of which none is an edit of another.
struct Rewrite {
  LineRange base;
  LineRange side;
};

/// One side's edits of a stretch, by line. Indices of lines count from the stretch's beginning, slots too: slot i is
/// before line i.
class SideEdits {
 public:
  SideEdits(const Lines& base, const Lines& side, LineRange stretch, const Hunks& hunks,
            const std::unordered_set<std::uint32_t>* added, DiffBudget& budget)
      : side_(side), added_(added), begin_(stretch.begin), lines_(stretch.size()), slots_(stretch.size() + 1) {
    for (const Hunk& hunk : hunks) add(base, hunk, budget);
  }

  [[nodiscard]] const LineEdit& line(std::size_t i) const { return lines_[i]; }
  [[nodiscard]] LineRange inserted(std::size_t slot) const { return slots_[slot]; }
  [[nodiscard]] const Rewrite& rewrite(std::size_t i) const { return rewrites_[lines_[i].rewrite]; }
  [[nodiscard]] std::string_view text(std::size_t side_line) const { return side_.texts[side_line]; }
  [[nodiscard]] const Lines& side() const { return side_; }
  /// Whether the line is gone: deleted, or part of what was rewritten.
  [[nodiscard]] bool gone(std::size_t i) const {
    return lines_[i].kind == LineEdit::Kind::deleted || lines_[i].kind == LineEdit::Kind::rewritten;
  }
  [[nodiscard]] bool adds(std::uint32_t element) const { return added_ != nullptr && added_->contains(element); }

 private:
  void add(const Lines& base, const Hunk& hunk, DiffBudget& budget) {
    const auto from = hunk.base_begin;
    LineRange old{from - begin_, hunk.base_end - begin_};
    LineRange fresh{hunk.side_begin, hunk.side_end};
    if (old.size() > 0 && fresh.size() > 0) {
      const auto pairs =
          pair_lines(base.texts.subspan(from, old.size()), side_.texts.subspan(fresh.begin, fresh.size()), budget);
      for (const LinePair& pair : pairs) {
        const std::size_t line = from - begin_ + pair.base;
        const std::size_t side_line = hunk.side_begin + pair.side;
        between({old.begin, line}, {fresh.begin, side_line});
        lines_[line] = {LineEdit::Kind::modified, static_cast<std::uint32_t>(side_line), 0};
        old.begin = line + 1;
        fresh.begin = side_line + 1;
      }
    }
    between(old, fresh);
  }

  void between(LineRange old, LineRange fresh) {
    if (old.size() == 0) {
      if (fresh.size() > 0) slots_[old.begin] = fresh;
      return;
    }
    const bool rewritten = fresh.size() > 0;
    if (rewritten) rewrites_.push_back({old, fresh});
    for (auto i = old.begin; i < old.end; ++i) {
      lines_[i].kind = rewritten ? LineEdit::Kind::rewritten : LineEdit::Kind::deleted;
      lines_[i].rewrite = rewritten ? rewrites_.size() - 1 : 0;
    }
  }

  const Lines& side_;
  const std::unordered_set<std::uint32_t>* added_;
  std::size_t begin_;
  std::vector<LineEdit> lines_;
  std::vector<LineRange> slots_;
  std::vector<Rewrite> rewrites_;
};

class StretchMerge {
 public:
  StretchMerge(const Lines& base, const Lines& ours, const Lines& theirs, const StretchEdits& edits, WordsInLines words,
               DiffBudget& budget)
      : base_(base),
        begin_(edits.base.begin),
        size_(edits.base.size()),
        words_(words),
        budget_(budget),
        ours_(base, ours, edits.base, edits.ours, edits.added_by_ours, budget),
        theirs_(base, theirs, edits.base, edits.theirs, edits.added_by_theirs, budget) {}

  StretchResult run() {
    for (std::size_t i = 0; i <= size_ && result_.why_not.empty(); ++i) {
      insert(i);
      if (i < size_ && result_.why_not.empty()) i += take_line(i);
    }
    if (!result_.why_not.empty()) result_.rows.clear();
    return std::move(result_);
  }

 private:
  using Kind = LineEdit::Kind;

  void fail(const char* why) { result_.why_not = why; }

  void insert(std::size_t slot) {
    const LineRange our = ours_.inserted(slot);
    const LineRange their = theirs_.inserted(slot);
    if (our.size() == 0 && their.size() == 0) return;
    if (our.size() > 0 && their.size() > 0) {
      bool same = our.size() == their.size();
      for (std::size_t i = 0; same && i < our.size(); ++i)
        same = ours_.text(our.begin + i) == theirs_.text(their.begin + i);
      if (!same) {
        result_.same_point = true;
        return fail(why_same_point);
      }
      for (auto i = our.begin; i < our.end; ++i) result_.rows.push_back({std::nullopt, ours_.text(i), ours_.text(i)});
      return;
    }
    const bool by_ours = our.size() > 0;
    const LineRange lines = by_ours ? our : their;
    const SideEdits& author = by_ours ? ours_ : theirs_;
    if (homeless(slot, author, lines, by_ours ? theirs_ : ours_)) return fail(why_added_to_deleted);
    for (auto i = lines.begin; i < lines.end; ++i) {
      Row row;
      (by_ours ? row.ours : row.theirs) = author.text(i);
      result_.rows.push_back(std::move(row));
    }
  }

  /// Whether what one side inserted belongs to lines that the other took away.
  [[nodiscard]] bool homeless(std::size_t slot, const SideEdits& author, LineRange inserted,
                              const SideEdits& other) const {
    if (slot == 0 || !other.gone(slot - 1)) return false;
    if (slot < size_ && other.gone(slot)) return true;  // in the midst of them
    std::size_t run = slot;                             // the first of the lines that are gone up to here
    while (run > 0 && other.gone(run - 1)) --run;
    const std::string_view above = base_.texts[begin_ + slot - 1];
    const std::string_view first = author.text(inserted.begin);
    // They are elsewhere now, and the insertion would stay at the old place.
    if (!is_blank(above) && other.adds(base_.elements[begin_ + slot - 1])) return true;
    if (!is_blank(above) && !begins_block(first)) return true;  // the end of a paragraph that is gone
    const LineTraits& traits = author.side().traits[inserted.begin];
    for (std::size_t i = slot; i-- > run;) {
      const LineTraits& gone = base_.traits[begin_ + i];
      if (gone.heading > 0 && (traits.heading == 0 || traits.heading > gone.heading)) return true;  // a section
      if (!is_blank(first) && !is_blank(base_.texts[begin_ + i]) && gone.indent < traits.indent)
        return true;  // an item
    }
    return false;
  }

  /// Returns how many further lines were taken with it.
  std::size_t take_line(std::size_t i) {
    const Kind our = ours_.line(i).kind;
    const Kind their = theirs_.line(i).kind;
    if (our == Kind::rewritten || their == Kind::rewritten) return take_rewrite(i);
    const std::string_view text = base_.texts[begin_ + i];
    Row row;
    row.base = text;
    const auto seen = [&](const SideEdits& side) -> std::optional<std::string_view> {
      const LineEdit& edit = side.line(i);
      if (edit.kind == Kind::deleted) return std::nullopt;
      return edit.kind == Kind::modified ? side.text(edit.side_line) : text;
    };
    row.ours = seen(ours_);
    row.theirs = seen(theirs_);
    if (our == Kind::modified && their == Kind::modified && row.ours != row.theirs) {
      if (!merge_line(i, row)) return 0;
    } else if ((our == Kind::modified && their == Kind::deleted) || (our == Kind::deleted && their == Kind::modified)) {
      fail(why_deleted);
    }
    result_.rows.push_back(std::move(row));
    return 0;
  }

  bool merge_line(std::size_t i, Row& row) {
    const auto whole = [](const LineTraits& traits) { return traits.fenced || traits.table_rule; };
    if (words_ == WordsInLines::never || whole(base_.traits[begin_ + i]) ||
        whole(ours_.side().traits[ours_.line(i).side_line]) ||
        whole(theirs_.side().traits[theirs_.line(i).side_line])) {
      fail(words_ == WordsInLines::never ? why_same_line : why_whole);
      return false;
    }
    row.words = merge_words(*row.base, *row.ours, *row.theirs, budget_);
    if (!row.words) {
      fail(why_same_line);
      return false;
    }
    result_.words = true;
    return true;
  }

  std::size_t take_rewrite(std::size_t i) {
    const bool by_ours = ours_.line(i).kind == Kind::rewritten;
    const SideEdits& author = by_ours ? ours_ : theirs_;
    const SideEdits& other = by_ours ? theirs_ : ours_;
    const Rewrite& rewrite = author.rewrite(i);
    const bool both = other.line(i).kind == Kind::rewritten && same_rewrite(rewrite, author, other.rewrite(i), other);
    for (auto line = rewrite.base.begin; line < rewrite.base.end && !both; ++line) {
      const bool inside = line > rewrite.base.begin;
      if (line < i || other.line(line).kind != Kind::kept || (inside && other.inserted(line).size() > 0)) {
        fail(why_deleted);
        return 0;
      }
    }
    for (auto line = rewrite.base.begin; line < rewrite.base.end; ++line) {
      Row row;
      row.base = base_.texts[begin_ + line];
      if (!both) (by_ours ? row.theirs : row.ours) = row.base;
      result_.rows.push_back(std::move(row));
    }
    for (auto line = rewrite.side.begin; line < rewrite.side.end; ++line) {
      Row row;
      row.ours = row.theirs = author.text(line);
      if (!both) (by_ours ? row.theirs : row.ours).reset();
      result_.rows.push_back(std::move(row));
    }
    return rewrite.base.size() - 1;
  }

  static bool same_rewrite(const Rewrite& a, const SideEdits& a_side, const Rewrite& b, const SideEdits& b_side) {
    if (a.base != b.base || a.side.size() != b.side.size()) return false;
    for (std::size_t i = 0; i < a.side.size(); ++i)
      if (a_side.text(a.side.begin + i) != b_side.text(b.side.begin + i)) return false;
    return true;
  }

  const Lines& base_;
  std::size_t begin_;
  std::size_t size_;
  WordsInLines words_;
  DiffBudget& budget_;
  SideEdits ours_;
  SideEdits theirs_;
  StretchResult result_;
};

}  // namespace

StretchResult merge_stretch(const Lines& base, const Lines& ours, const Lines& theirs, const StretchEdits& edits,
                            WordsInLines words, DiffBudget& budget) {
  return StretchMerge(base, ours, theirs, edits, words, budget).run();
}

}  // namespace leanspec::merge
