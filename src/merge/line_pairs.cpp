#include "merge/line_pairs.h"

#include <algorithm>

#include "merge/markdown_lines.h"

namespace leanspec::merge {

namespace {

using Words = std::vector<std::string_view>;

bool in_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// The words of a line in alphabetical order, its checkbox and its number in a list left out.
Words words_of(std::string_view line) {
  const Checkbox box = checkbox_in(line);
  if (box.length > 0) line.remove_prefix(box.offset + box.length);
  const auto number = std::min(line.find_first_not_of(" \t"), line.size());
  const auto behind = std::min(line.find_first_not_of("0123456789", number), line.size());
  if (behind > number && behind < line.size() && (line[behind] == '.' || line[behind] == ')'))
    line.remove_prefix(behind);
  Words words;
  for (std::size_t at = 0; at < line.size();) {
    if (!in_word(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && in_word(line[end])) ++end;
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  std::sort(words.begin(), words.end());
  return words;
}

constexpr std::uint32_t percent_min = 50;

/// How many of a hundred words two lines share.
std::uint32_t percent_shared(const Words& a, const Words& b) {
  std::size_t shared = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) {
      ++shared, ++i, ++j;
    } else if (*i < *j) {
      ++i;
    } else {
      ++j;
    }
  }
  return a.size() + b.size() == 0 ? 0 : static_cast<std::uint32_t>(200 * shared / (a.size() + b.size()));
}

std::vector<LinePair> most_similar(const std::vector<Words>& base, const std::vector<Words>& side) {
  const std::size_t columns = side.size() + 1;
  std::vector<std::uint32_t> shared(base.size() * side.size());
  std::vector<std::uint32_t> best((base.size() + 1) * columns);  // of the lines from (i, j) on
  for (std::size_t i = base.size(); i-- > 0;) {
    for (std::size_t j = side.size(); j-- > 0;) {
      const auto percent = shared[i * side.size() + j] = percent_shared(base[i], side[j]);
      std::uint32_t& here = best[i * columns + j];
      here = std::max(best[(i + 1) * columns + j], best[i * columns + j + 1]);
      if (percent >= percent_min) here = std::max(here, best[(i + 1) * columns + j + 1] + percent);
    }
  }
  std::vector<LinePair> pairs;
  for (std::size_t i = 0, j = 0; i < base.size() && j < side.size();) {
    const auto percent = shared[i * side.size() + j];
    const auto here = best[i * columns + j];
    if (percent >= percent_min && here == best[(i + 1) * columns + j + 1] + percent) {
      pairs.push_back({static_cast<std::uint32_t>(i++), static_cast<std::uint32_t>(j++)});
    } else if (here == best[(i + 1) * columns + j]) {
      ++i;
    } else {
      ++j;
    }
  }
  return pairs;
}

}  // namespace

std::vector<LinePair> pair_lines(std::span<const std::string_view> base, std::span<const std::string_view> side,
                                 DiffBudget& budget) {
  if (base.size() == 1 && side.size() == 1) return {{0, 0}};
  if (base.size() * side.size() > compared_lines_max) return {};
  std::size_t bytes = 0;
  for (const auto line : base) bytes += line.size() * side.size();
  for (const auto line : side) bytes += line.size() * base.size();
  if (!budget.spend(bytes / 4)) return {};  // a word has about four letters
  std::vector<Words> base_words;
  std::vector<Words> side_words;
  for (const auto line : base) base_words.push_back(words_of(line));
  for (const auto line : side) side_words.push_back(words_of(line));
  auto pairs = most_similar(base_words, side_words);
  // Between two pairs, one line that became one line.
  std::vector<LinePair> all;
  LinePair next;
  const auto close = [&](LinePair end) {
    if (end.base == next.base + 1 && end.side == next.side + 1) all.push_back(next);
    next = {end.base + 1, end.side + 1};
  };
  for (const LinePair& pair : pairs) {
    close(pair);
    all.push_back(pair);
  }
  close({static_cast<std::uint32_t>(base.size()), static_cast<std::uint32_t>(side.size())});
  return all;
}

}  // namespace leanspec::merge
