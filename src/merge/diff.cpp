#include "merge/diff.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace leanspec::merge {

namespace {

using Elements = std::span<const std::uint32_t>;

struct Match {
  std::uint32_t base;
  std::uint32_t side;
};

struct Range {
  std::uint32_t base_begin, base_end, side_begin, side_end;
};

class Differ {
 public:
  Differ(Elements base, Elements side, DiffBudget& budget) : base_(base), side_(side), budget_(budget) {
    std::uint32_t largest = 0;
    for (const auto element : base) largest = std::max(largest, element);
    for (const auto element : side) largest = std::max(largest, element);
    // A small part of a large text has few of its numbers.
    constexpr std::size_t spread_max = 16;
    if (largest > spread_max * (base.size() + side.size() + 1)) largest = renumber();
    seen_.resize(std::size_t{largest} + 1);
  }

  std::optional<Hunks> run() {
    open_.push_back({0, size(base_), 0, size(side_)});
    while (!open_.empty()) {
      const Range range = open_.back();
      open_.pop_back();
      if (!compare(range)) return std::nullopt;
    }
    std::sort(matches_.begin(), matches_.end(), [](const Match& a, const Match& b) { return a.base < b.base; });
    return hunks();
  }

 private:
  struct Seen {
    std::uint32_t in_base = 0, in_side = 0, base_at = 0, side_at = 0;
  };

  std::uint32_t renumber() {
    std::unordered_map<std::uint32_t, std::uint32_t> numbers;
    const auto copy = [&](Elements& elements, std::vector<std::uint32_t>& own) {
      for (const auto element : elements)
        own.push_back(numbers.try_emplace(element, static_cast<std::uint32_t>(numbers.size())).first->second);
      elements = own;
    };
    copy(base_, own_base_);
    copy(side_, own_side_);
    return static_cast<std::uint32_t>(numbers.size());
  }

  static std::uint32_t size(Elements elements) { return static_cast<std::uint32_t>(elements.size()); }

  bool compare(Range range) {
    while (range.base_begin < range.base_end && range.side_begin < range.side_end &&
           base_[range.base_begin] == side_[range.side_begin]) {
      matches_.push_back({range.base_begin++, range.side_begin++});
    }
    while (range.base_begin < range.base_end && range.side_begin < range.side_end &&
           base_[range.base_end - 1] == side_[range.side_end - 1]) {
      matches_.push_back({--range.base_end, --range.side_end});
    }
    if (range.base_begin == range.base_end || range.side_begin == range.side_end) return true;
    if (!budget_.spend(std::size_t{range.base_end - range.base_begin} + (range.side_end - range.side_begin)))
      return false;
    const auto anchors = unique_anchors(range);
    if (anchors.empty()) return search(range);
    Range before{range.base_begin, 0, range.side_begin, 0};
    for (const Match& anchor : anchors) {
      matches_.push_back(anchor);
      before.base_end = anchor.base;
      before.side_end = anchor.side;
      open_.push_back(before);
      before.base_begin = anchor.base + 1;
      before.side_begin = anchor.side + 1;
    }
    before.base_end = range.base_end;
    before.side_end = range.side_end;
    open_.push_back(before);
    return true;
  }

  void count(const Range& range) {
    for (auto i = range.base_begin; i < range.base_end; ++i) {
      ++seen_[base_[i]].in_base;
      seen_[base_[i]].base_at = i;
    }
    for (auto i = range.side_begin; i < range.side_end; ++i) {
      ++seen_[side_[i]].in_side;
      seen_[side_[i]].side_at = i;
    }
  }

  void forget(const Range& range) {
    for (auto i = range.base_begin; i < range.base_end; ++i) seen_[base_[i]] = {};
    for (auto i = range.side_begin; i < range.side_end; ++i) seen_[side_[i]] = {};
  }

  /// Elements that occur once on both sides of the range, the longest run of them that is in the same order.
  std::vector<Match> unique_anchors(const Range& range) {
    count(range);
    std::vector<Match> unique;
    for (auto i = range.base_begin; i < range.base_end; ++i) {
      const Seen& seen = seen_[base_[i]];
      if (seen.in_base == 1 && seen.in_side == 1) unique.push_back({i, seen.side_at});
    }
    forget(range);
    std::vector<std::size_t> piles;  // the index in `unique` on top of each pile
    std::vector<std::size_t> below(unique.size(), unique.size());
    for (std::size_t i = 0; i < unique.size(); ++i) {
      const auto pile = std::lower_bound(piles.begin(), piles.end(), unique[i].side,
                                         [&](std::size_t top, std::uint32_t at) { return unique[top].side < at; });
      if (pile != piles.begin()) below[i] = *(pile - 1);
      if (pile == piles.end()) {
        piles.push_back(i);
      } else {
        *pile = i;
      }
    }
    std::vector<Match> anchors;
    for (std::size_t i = piles.empty() ? unique.size() : piles.back(); i < unique.size(); i = below[i])
      anchors.push_back(unique[i]);
    std::reverse(anchors.begin(), anchors.end());
    return anchors;
  }

  /// Myers' greedy search over the elements that the other side has at all.
  bool search(const Range& range) {
    count(range);
    std::vector<std::uint32_t> x;
    std::vector<std::uint32_t> y;
    for (auto i = range.base_begin; i < range.base_end; ++i)
      if (seen_[base_[i]].in_side > 0) x.push_back(i);
    for (auto i = range.side_begin; i < range.side_end; ++i)
      if (seen_[side_[i]].in_base > 0) y.push_back(i);
    forget(range);
    if (x.empty() || y.empty()) return true;
    const auto n = static_cast<std::int64_t>(x.size());
    const auto m = static_cast<std::int64_t>(y.size());
    const auto equal = [&](std::int64_t i, std::int64_t j) {
      return base_[x[static_cast<std::size_t>(i)]] == side_[y[static_cast<std::size_t>(j)]];
    };
    std::vector<std::vector<std::int32_t>> history;  // furthest x per diagonal -d, -d+2 … d after d differences
    for (std::int64_t d = 0; d <= std::min<std::int64_t>(n + m, differences_max); ++d) {
      auto& now = history.emplace_back(static_cast<std::size_t>(d) + 1);
      for (std::int64_t k = -d; k <= d; k += 2) {
        std::int64_t i = 0;
        if (d > 0) {
          const auto& before = history[static_cast<std::size_t>(d) - 1];
          const auto at = [&](std::int64_t diagonal) {
            return before[static_cast<std::size_t>((diagonal + d - 1) / 2)];
          };
          i = k == -d || (k != d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
        }
        std::int64_t j = i - k;
        std::size_t steps = 1;
        while (i < n && j < m && equal(i, j)) {
          ++i;
          ++j;
          ++steps;
        }
        if (!budget_.spend(steps)) return false;
        now[static_cast<std::size_t>((k + d) / 2)] = static_cast<std::int32_t>(i);
        if (i >= n && j >= m) {
          trace_back(history, x, y, n, m);
          return true;
        }
      }
    }
    return false;
  }

  void trace_back(const std::vector<std::vector<std::int32_t>>& history, const std::vector<std::uint32_t>& x,
                  const std::vector<std::uint32_t>& y, std::int64_t i, std::int64_t j) {
    for (auto d = static_cast<std::int64_t>(history.size()) - 1; d >= 0; --d) {
      std::int64_t from_i = 0;
      std::int64_t from_j = 0;
      std::int64_t after_i = 0;
      if (d > 0) {
        const auto& before = history[static_cast<std::size_t>(d) - 1];
        const auto at = [&](std::int64_t diagonal) { return before[static_cast<std::size_t>((diagonal + d - 1) / 2)]; };
        const std::int64_t k = i - j;
        const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
        const std::int64_t from_k = down ? k + 1 : k - 1;
        from_i = at(from_k);
        from_j = from_i - from_k;
        after_i = down ? from_i : from_i + 1;
      }
      while (i > after_i) {
        --i;
        --j;
        matches_.push_back({x[static_cast<std::size_t>(i)], y[static_cast<std::size_t>(j)]});
      }
      i = from_i;
      j = from_j;
    }
  }

  [[nodiscard]] Hunks hunks() const {
    Hunks found;
    Match next{0, 0};
    const auto close = [&](std::uint32_t base_at, std::uint32_t side_at) {
      if (base_at > next.base || side_at > next.side) found.push_back({next.base, base_at, next.side, side_at});
    };
    for (const Match& match : matches_) {
      close(match.base, match.side);
      next = {match.base + 1, match.side + 1};
    }
    close(size(base_), size(side_));
    return found;
  }

  Elements base_;
  Elements side_;
  std::vector<std::uint32_t> own_base_;  ///< what the spans show when they were renumbered
  std::vector<std::uint32_t> own_side_;
  DiffBudget& budget_;
  std::vector<Seen> seen_;
  std::vector<Range> open_;
  std::vector<Match> matches_;
};

}  // namespace

std::optional<Hunks> diff(Elements base, Elements side, DiffBudget& budget) {
  return Differ(base, side, budget).run();
}

void slide(Hunks& hunks, Elements base, Elements side, Slide direction) {
  const auto move = [&](std::size_t index) {
    Hunk& hunk = hunks[index];
    const bool insertion = hunk.base_begin == hunk.base_end;
    if (!insertion && hunk.side_begin != hunk.side_end) return;
    const Elements moved = insertion ? side : base;
    std::uint32_t& begin = insertion ? hunk.side_begin : hunk.base_begin;
    std::uint32_t& end = insertion ? hunk.side_end : hunk.base_end;
    std::uint32_t& other_begin = insertion ? hunk.base_begin : hunk.side_begin;
    std::uint32_t& other_end = insertion ? hunk.base_end : hunk.side_end;
    if (direction == Slide::down) {
      // The next hunk begins one unchanged element further on at least.
      const auto limit = index + 1 < hunks.size() ? hunks[index + 1].base_begin - 1 : base.size();
      while (end < moved.size() && hunk.base_end < limit && moved[begin] == moved[end]) {
        ++begin, ++end, ++other_begin, ++other_end;
      }
    } else {
      const auto limit = index > 0 ? hunks[index - 1].base_end + 1 : 0;
      while (begin > 0 && hunk.base_begin > limit && moved[begin - 1] == moved[end - 1]) {
        --begin, --end, --other_begin, --other_end;
      }
    }
  };
  for (std::size_t i = 0; i < hunks.size(); ++i) move(direction == Slide::down ? hunks.size() - 1 - i : i);
}

}  // namespace leanspec::merge
