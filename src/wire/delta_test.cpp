#include "wire/delta.h"

#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "wire/limits.h"

namespace leanspec::wire {
namespace {

std::string noise(std::size_t size, std::uint64_t seed = 88172645463325252ULL) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    byte = static_cast<char>(seed);
  }
  return bytes;
}

TEST(Delta, an_edit_of_any_size_travels_as_little_more_than_the_edit) {
  for (const std::size_t size :
       {std::size_t{2'000}, std::size_t{62'000}, 1 * limits::MiB, limits::delta_document_bytes_max - 100}) {
    const std::string base = noise(size);
    std::string target = base;
    target.insert(0, "at the start ");
    target.insert(size / 2, "in the middle ");
    const auto delta = make_delta(base, target);
    ASSERT_TRUE(delta.has_value()) << size;
    EXPECT_LT(delta->size(), 200 + size / 100) << size;
    EXPECT_EQ(*apply_delta(base, *delta, target.size(), digest::sha256(target)), target) << size;
  }
}

TEST(Delta, nothing_is_made_where_it_would_save_too_little) {
  EXPECT_FALSE(make_delta("", noise(5'000)).has_value());
  EXPECT_FALSE(make_delta(noise(5'000), noise(5'000, 42)).has_value());
  EXPECT_FALSE(make_delta(noise(5'000), "").has_value());
  EXPECT_FALSE(make_delta(noise(5'000), std::string(4'000, 'a')).has_value()) << "the whole body is as small";
}

TEST(Delta, documents_over_the_limit_are_not_tried) {
  const std::string large = noise(limits::delta_document_bytes_max);
  EXPECT_TRUE(make_delta(large, std::string(large)).has_value());
  EXPECT_FALSE(make_delta(large + "x", large).has_value());
  EXPECT_FALSE(make_delta(large, large + "x").has_value());
  EXPECT_EQ(apply_delta(large + "x", "delta", 5, Digest{}).error().code, ErrorCode::too_large);
  EXPECT_EQ(apply_delta(large, "delta", large.size() + 1, Digest{}).error().code, ErrorCode::too_large);
}

TEST(Delta, a_wrong_base_size_digest_or_frame_is_never_taken) {
  const std::string base = noise(5'000);
  const std::string target = base + "more";
  const std::string delta = *make_delta(base, target);
  const Digest digest = digest::sha256(target);
  EXPECT_EQ(apply_delta(noise(5'000, 42), delta, target.size(), digest).error().code, ErrorCode::corrupt);
  EXPECT_EQ(apply_delta("", delta, target.size(), digest).error().code, ErrorCode::corrupt);
  EXPECT_EQ(apply_delta(base, delta, target.size() - 1, digest).error().code, ErrorCode::too_large);
  EXPECT_EQ(apply_delta(base, delta, target.size() + 1, digest).error().code, ErrorCode::corrupt);
  EXPECT_EQ(apply_delta(base, delta, target.size(), Digest{}).error().code, ErrorCode::corrupt);
  EXPECT_EQ(apply_delta(base, delta + "x", target.size(), digest).error().code, ErrorCode::corrupt);
  for (std::size_t size = 0; size < delta.size(); ++size) {
    EXPECT_EQ(apply_delta(base, delta.substr(0, size), target.size(), digest).error().code, ErrorCode::corrupt) << size;
  }
}

}  // namespace
}  // namespace leanspec::wire
