#include "compression/zstd_delta.h"

#include <gtest/gtest.h>

#include "compression/zstd_frame.h"

namespace leanspec::compression {
namespace {

std::string numbers(std::size_t size) {
  std::string text;
  for (unsigned number = 7; text.size() < size; number = number * 1'664'525U + 1'013'904'223U)
    text += std::to_string(number) + "\n";
  return text;
}

TEST(ZstdDelta, a_text_comes_back_from_what_is_new_in_it) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{5'000}, std::size_t{3} * 1024 * 1024}) {
    const std::string base = numbers(size);
    const std::string target = base.substr(0, base.size() / 2) + "an edit\n" + base.substr(base.size() / 2);
    const auto frame = compress_against(base, target);
    ASSERT_TRUE(frame.has_value()) << size;
    EXPECT_LT(frame->size(), 600U) << size;
    EXPECT_EQ(decompress_against(base, *frame, target.size()).value(), target) << size;
  }
}

TEST(ZstdDelta, bases_and_targets_in_turn_give_each_its_own_text) {
  const std::string one = numbers(3'000);
  const std::string other = numbers(2'000) + "another end";
  for (int round = 0; round < 2; ++round) {
    for (const auto& [base, target] : {std::pair(one, other), std::pair(other, one), std::pair(one, one + "x")})
      EXPECT_EQ(decompress_against(base, compress_against(base, target).value(), target.size()).value(), target);
  }
}

TEST(ZstdDelta, what_is_no_frame_of_that_size_is_refused) {
  const std::string base = numbers(5'000);
  const std::string target = base + "an edit";
  const std::string frame = compress_against(base, target).value();
  EXPECT_EQ(decompress_against(base, "garbage", 7).error().code, ErrorCode::corrupt);
  EXPECT_EQ(decompress_against(base, frame, target.size() + 1).error().code, ErrorCode::corrupt);
  EXPECT_EQ(decompress_against(base, frame, target.size() - 1).error().code, ErrorCode::too_large);
  EXPECT_EQ(decompress_against(base, frame + "x", target.size()).error().code, ErrorCode::corrupt);
  EXPECT_EQ(decompress_against(base, frame.substr(0, frame.size() - 1), target.size()).error().code, ErrorCode::corrupt);
  std::string swollen;
  swollen.resize(64'000'000, 'x');
  const std::string bomb = compress(swollen);
  EXPECT_EQ(decompress_against(base, bomb, 1'000).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace leanspec::compression
