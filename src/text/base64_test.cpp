#include "text/base64.h"

#include <gtest/gtest.h>

namespace leanspec::text {
namespace {

TEST(Base64, the_examples_of_rfc_4648) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(to_base64url("fo"), "Zm8");
}

TEST(Base64, the_last_two_digits_are_safe_in_addresses_if_they_must_be) {
  EXPECT_EQ(to_base64("\xFB\xFF\xFE"), "+//+");
  EXPECT_EQ(to_base64url("\xFB\xFF\xFE"), "-__-");
}

}  // namespace
}  // namespace leanspec::text
