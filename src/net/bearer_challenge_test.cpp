#include "net/bearer_challenge.h"

#include <gtest/gtest.h>

namespace leanspec::net {
namespace {

TEST(BearerChallenge, the_sentence_arrives_as_it_was_said) {
  const std::string header = bearer_challenge("invalid_token", "this key has expired");
  EXPECT_EQ(header, "Bearer error=\"invalid_token\", error_description=\"this key has expired\"");
  EXPECT_EQ(challenge_description(header), "this key has expired");
}

TEST(BearerChallenge, quotes_and_what_is_not_ascii_cannot_break_the_header) {
  const std::string header = bearer_challenge("invalid_token", "the key \"caf\xC3\xA9\\\"\r\nSet-Cookie: a");
  EXPECT_EQ(header.find_first_of("\r\n\\"), std::string::npos);
  EXPECT_EQ(challenge_description(header), std::string("the key 'caf") + "?" + "?''?" + "?Set-Cookie: a");
}

TEST(BearerChallenge, a_description_is_cut_at_the_limit_on_both_sides) {
  const std::string exact(challenge_description_max, 'a');
  EXPECT_EQ(challenge_description(bearer_challenge("invalid_token", exact)), exact);
  EXPECT_EQ(challenge_description(bearer_challenge("invalid_token", exact + "b")), exact);
  EXPECT_EQ(challenge_description("Bearer error_description=\"" + exact + exact + "\""), exact);
}

TEST(BearerChallenge, what_a_strange_peer_sends_is_nothing_or_printable) {
  EXPECT_EQ(challenge_description(""), "");
  EXPECT_EQ(challenge_description("Bearer"), "");
  EXPECT_EQ(challenge_description("Basic realm=\"a\""), "");
  EXPECT_EQ(challenge_description("Bearer error_description=\""), "");
  EXPECT_EQ(challenge_description("Bearer error_description=\"open"), "open");
  EXPECT_EQ(challenge_description("Bearer error_description=\"\x1B[31mred\x7F\""), "?[31mred?");
}

}  // namespace
}  // namespace leanspec::net
