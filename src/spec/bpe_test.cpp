#include "spec/bpe.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "spec/pieces.h"
#include "spec/token_ranks.h"

namespace leanspec::spec {
namespace {

/// The definition, quadratic: join the neighbours of lowest rank, the leftmost first, until no two make a token.
std::vector<std::uint32_t> encode_by_definition(std::string_view piece) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 0; i <= piece.size(); ++i) cuts.push_back(i);
  while (cuts.size() > 2) {
    std::uint32_t best = std::numeric_limits<std::uint32_t>::max();
    std::size_t at = 0;
    for (std::size_t i = 0; i + 2 < cuts.size(); ++i) {
      const auto rank = token_rank(piece.substr(cuts[i], cuts[i + 2] - cuts[i]));
      if (rank && *rank < best) {
        best = *rank;
        at = i;
      }
    }
    if (best == std::numeric_limits<std::uint32_t>::max()) break;
    cuts.erase(cuts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
  std::vector<std::uint32_t> ranks;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    ranks.push_back(token_rank(piece.substr(cuts[i], cuts[i + 1] - cuts[i])).value());
  }
  return ranks;
}

TEST(TokenRanks, every_token_is_found_under_its_own_rank) {
  ASSERT_EQ(token_count(), 100256u);
  for (std::uint32_t rank = 0; rank < token_count(); ++rank) {
    ASSERT_LE(token_bytes(rank).size(), token_bytes_max);
    ASSERT_EQ(token_rank(token_bytes(rank)), rank);
  }
  EXPECT_EQ(token_bytes(token_count()), "");
  EXPECT_EQ(token_rank(""), std::nullopt);
  EXPECT_EQ(token_rank("no such token at all"), std::nullopt);
}

TEST(TokenRanks, every_byte_is_a_token) {
  for (int byte = 0; byte < 256; ++byte) EXPECT_TRUE(token_rank(std::string(1, static_cast<char>(byte))).has_value());
}

RC_GTEST_PROP(Bpe, the_heap_merges_as_the_definition_does, ()) {
  const auto few = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("aabcders tn-\xE4\xB8\xAD")));
  RC_PRE(!few.empty());
  BytePairEncoder encoder;
  std::vector<std::uint32_t> ranks;
  encoder.encode(few, ranks);
  RC_ASSERT(ranks == encode_by_definition(few) || token_rank(few).has_value());
  RC_ASSERT(encoder.count(few) == ranks.size());
}

RC_GTEST_PROP(Bpe, the_tokens_of_a_text_put_together_are_the_text, (const std::string& text)) {
  BytePairEncoder encoder;
  std::vector<std::uint32_t> ranks;
  Pieces pieces(text);
  while (const auto piece = pieces.next()) encoder.encode(*piece, ranks);
  std::string back;
  for (const std::uint32_t rank : ranks) back += token_bytes(rank);
  RC_ASSERT(back == text);
}

TEST(Bpe, a_piece_at_the_bound_is_merged_whole_and_one_above_in_parts) {
  BytePairEncoder encoder;
  const std::string bound(merged_bytes_max, 'a');
  EXPECT_EQ(encoder.count(bound), merged_bytes_max / 8);
  EXPECT_EQ(encoder.count(bound + "b"), merged_bytes_max / 8 + 1);
}

}  // namespace
}  // namespace leanspec::spec
