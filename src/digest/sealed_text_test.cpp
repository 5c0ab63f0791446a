#include "digest/sealed_text.h"

#include <gtest/gtest.h>

namespace leanspec::digest {
namespace {

constexpr SealKey key{1, 2, 3};
constexpr SealNonce nonce{4, 5, 6};

TEST(SealedText, opens_with_its_key_in_its_place_only) {
  for (const std::string text : {"ghp_secret", "", "\x00\xFFx"}) {
    const std::string sealed = seal(key, nonce, text, "mirror alpha");
    if (text.size() > 4) EXPECT_EQ(sealed.find(text), std::string::npos);
    EXPECT_EQ(unseal(key, sealed, "mirror alpha"), text);
    EXPECT_EQ(unseal(key, sealed, "mirror beta"), std::nullopt);
    EXPECT_EQ(unseal(SealKey{9}, sealed, "mirror alpha"), std::nullopt);
  }
}

TEST(SealedText, a_changed_byte_or_a_cut_end_does_not_open) {
  const std::string sealed = seal(key, nonce, "secret", "here");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_EQ(unseal(key, changed, "here"), std::nullopt) << i;
    EXPECT_EQ(unseal(key, sealed.substr(0, i), "here"), std::nullopt) << i;
  }
}

TEST(SealedText, is_another_one_with_each_nonce) {
  EXPECT_NE(seal(key, nonce, "secret", "here"), seal(key, SealNonce{7}, "secret", "here"));
}

}  // namespace
}  // namespace leanspec::digest
