#include "text/hex.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace leanspec::text {
namespace {

TEST(Hex, every_byte_goes_there_and_back) {
  for (int value = 0; value < 256; ++value) {
    const std::array<std::uint8_t, 1> byte{static_cast<std::uint8_t>(value)};
    std::array<std::uint8_t, 1> read{};
    ASSERT_TRUE(read_hex(to_hex(byte), read));
    EXPECT_EQ(read, byte);
  }
  EXPECT_EQ(to_hex(std::vector<std::uint8_t>{0x00, 0x0F, 0xA0, 0xFF}), "000fa0ff");
}

TEST(Hex, upper_case_is_read_and_nothing_but_digits_in_pairs) {
  std::array<std::uint8_t, 2> bytes{};
  EXPECT_TRUE(read_hex("AbCd", bytes));
  EXPECT_EQ(to_hex(bytes), "abcd");
  for (const std::string_view wrong : {"", "abc", "abcde", "ab g", "ab-1", "abc\xC3"}) {
    EXPECT_FALSE(read_hex(wrong, bytes)) << wrong;
  }
}

}  // namespace
}  // namespace leanspec::text
