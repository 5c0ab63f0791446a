#include "hub/api/answer_cache.h"

#include <gtest/gtest.h>

namespace leanspec::hub::api {
namespace {

TEST(AnswerCache, forgets_what_was_not_used_for_longest_and_never_grows_beyond_its_bound) {
  AnswerCache cache(16'000);
  const net::Response response = net::text_response(200, std::string(500, 'x'));
  for (int i = 0; i < 100; ++i) {
    cache.put("key" + std::to_string(i), response);
    ASSERT_LE(cache.bytes(), 16'000U);
    ASSERT_TRUE(cache.find("key0").has_value()) << "used at every turn";
  }
  EXPECT_TRUE(cache.find("key99").has_value());
  EXPECT_FALSE(cache.find("key50").has_value());
}

TEST(AnswerCache, does_not_keep_an_answer_that_would_push_out_most_others) {
  AnswerCache cache(16'000);
  cache.put("large", net::text_response(200, std::string(3'000, 'x')));
  EXPECT_FALSE(cache.find("large").has_value());
}

}  // namespace
}  // namespace leanspec::hub::api
