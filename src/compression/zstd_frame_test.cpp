#include "compression/zstd_frame.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <utility>
#include <vector>

namespace leanspec::compression {
namespace {

constexpr std::size_t MiB = std::size_t{1024} * 1024;

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint64_t state = 88172645463325252ULL;
  for (char& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<char>(state);
  }
  return bytes;
}

std::string frame_without_content_size(std::string_view bytes) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), bytes.data(), bytes.size()));
  ZSTD_freeCCtx(context);
  return frame;
}

TEST(ZstdFrame, texts_that_come_again_and_in_any_order_give_the_frames_of_the_first_time) {
  std::vector<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < 40; ++i) seen.emplace_back(noise(20 + i), compress(noise(20 + i)));
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{7}}) {
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const auto& [bytes, frame] = seen[i * step % seen.size()];
      EXPECT_EQ(compress(bytes), frame);
      EXPECT_EQ(*decompress(compress(bytes), bytes.size()), bytes);
    }
  }
}

TEST(ZstdFrame, every_size_up_to_the_limit_goes_there_and_back) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{7'000}, std::size_t{65'535},
                                 std::size_t{65'536}, std::size_t{65'537}, MiB}) {
    for (const std::string& bytes : {std::string(size, 'a'), noise(size)}) {
      EXPECT_EQ(*decompress(compress(bytes), size), bytes) << size;
      EXPECT_EQ(*decompress(frame_without_content_size(bytes), MiB), bytes) << size;
    }
  }
}

TEST(ZstdFrame, one_byte_over_the_limit_is_too_large_whether_claimed_or_not) {
  const std::string bytes(100'001, 'a');
  EXPECT_EQ(decompress(compress(bytes), 100'000).error().code, ErrorCode::too_large);
  EXPECT_EQ(decompress(frame_without_content_size(bytes), 100'000).error().code, ErrorCode::too_large);
  EXPECT_EQ(decompress(compress("a"), 0).error().code, ErrorCode::too_large);
}

TEST(ZstdFrame, a_bomb_is_cut_off_at_the_limit) {
  const std::string bomb = frame_without_content_size(std::string(64 * MiB, '\0'));
  ASSERT_LT(bomb.size(), 10'000U);
  EXPECT_FALSE(decompress(bomb, MiB).has_value());
}

TEST(ZstdFrame, cut_garbled_and_extended_frames_are_corrupt) {
  const std::string frame = compress(noise(5'000));
  for (std::size_t size = 0; size < frame.size(); size += 97) {
    EXPECT_EQ(decompress(std::string_view(frame).substr(0, size), MiB).error().code, ErrorCode::corrupt) << size;
  }
  EXPECT_EQ(decompress(frame + "x", MiB).error().code, ErrorCode::corrupt);
  EXPECT_EQ(decompress("not a frame at all", MiB).error().code, ErrorCode::corrupt);
  EXPECT_EQ(*decompress(frame, MiB), noise(5'000)) << "after a failure the next frame reads well";
}

}  // namespace
}  // namespace leanspec::compression
