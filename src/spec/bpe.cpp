#include "spec/bpe.h"

#include <algorithm>
#include <cassert>
#include <tuple>

#include "spec/token_ranks.h"

namespace leanspec::spec {

std::size_t BytePairEncoder::count(std::string_view piece) {
  if (token_rank(piece)) return 1;
  std::size_t tokens = 0;
  for (; !piece.empty(); piece.remove_prefix(std::min(piece.size(), merged_bytes_max))) {
    const std::string_view bytes = piece.substr(0, merged_bytes_max);
    merge(bytes);
    for (std::size_t begin = 0; begin < bytes.size(); begin = parts_[begin].end) ++tokens;
  }
  return tokens;
}

void BytePairEncoder::encode(std::string_view piece, std::vector<std::uint32_t>& ranks) {
  if (const auto rank = token_rank(piece)) {
    ranks.push_back(*rank);
    return;
  }
  for (; !piece.empty(); piece.remove_prefix(std::min(piece.size(), merged_bytes_max))) {
    const std::string_view bytes = piece.substr(0, merged_bytes_max);
    merge(bytes);
    for (std::size_t begin = 0; begin < bytes.size(); begin = parts_[begin].end) {
      const auto rank = token_rank(bytes.substr(begin, parts_[begin].end - begin));
      assert(rank);  // every byte is a token, and a merge makes only tokens
      ranks.push_back(*rank);
    }
  }
}

/// Heap order: the lowest rank, then the leftmost, on top.
static constexpr auto later = [](const auto& a, const auto& b) {
  return std::tie(a.rank, a.begin) > std::tie(b.rank, b.begin);
};

void BytePairEncoder::offer(std::string_view bytes, std::uint32_t begin, std::uint32_t end) {
  const auto rank = token_rank(bytes.substr(begin, end - begin));
  if (!rank) return;
  heap_.push_back({*rank, begin, end});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

/// Leaves in parts_ the chain of final parts: the part at 0 ends where the next begins.
void BytePairEncoder::merge(std::string_view bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  parts_.resize(size);
  heap_.clear();
  for (std::uint32_t i = 0; i < size; ++i) parts_[i] = {i + 1, i == 0 ? 0 : i - 1};
  for (std::uint32_t i = 0; i + 1 < size; ++i) {
    if (const auto rank = token_rank(bytes.substr(i, 2))) heap_.push_back({*rank, i, i + 2});
  }
  std::make_heap(heap_.begin(), heap_.end(), later);

  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Merge candidate = heap_.back();
    heap_.pop_back();
    Part& left = parts_[candidate.begin];
    // An absorbed part has end 0; a part that grew no longer meets the end that the candidate was offered for.
    if (left.end == 0 || left.end >= size || parts_[left.end].end != candidate.end) continue;
    parts_[left.end].end = 0;
    left.end = candidate.end;
    if (candidate.end < size) {
      parts_[candidate.end].previous = candidate.begin;
      offer(bytes, candidate.begin, parts_[candidate.end].end);
    }
    if (candidate.begin > 0) offer(bytes, left.previous, candidate.end);
  }
}

}  // namespace leanspec::spec
