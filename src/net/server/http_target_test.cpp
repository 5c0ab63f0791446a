#include "net/server/http_target.h"

#include <gtest/gtest.h>

namespace leanspec::net::server {
namespace {

using namespace std::string_literals;

TEST(PercentDecode, takes_every_escape_and_plain_utf8) {
  EXPECT_EQ(*percent_decode("a%20b%2Fc%C3%A9"), "a b/cé");
  EXPECT_EQ(*percent_decode("a+b"), "a+b") << "a plus is a space in queries only";
  EXPECT_EQ(*percent_decode(""), "");
}

TEST(PercentDecode, refuses_what_is_broken_or_hides_something) {
  for (const std::string& text : {"%"s, "%4"s, "a%4"s, "%zz"s, "%0g"s, "%00"s, "a%00b"s, "%0a"s, "%7f"s, "\0"s, "%ff"s,
                                  "%c0%af"s, "%ed%a0%80"s, "%f4%90%80%80"s, "%e2%82"s}) {
    EXPECT_FALSE(percent_decode(text)) << text;
  }
}

TEST(ParseTarget, parts_path_and_query) {
  const auto target = parse_target("/api/specs/a%2Fb?q=x+y&tag=%C3%A9&flag&empty=&&q=2");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->raw_path, "/api/specs/a%2Fb");
  EXPECT_EQ(target->path, "/api/specs/a/b");
  const std::vector<std::pair<std::string, std::string>> query{
      {"q", "x y"}, {"tag", "é"}, {"flag", ""}, {"empty", ""}, {"q", "2"}};
  EXPECT_EQ(target->query, query);
}

TEST(ParseTarget, takes_the_absolute_form_and_the_asterisk) {
  EXPECT_EQ(parse_target("http://hub.example:8420/a?b=c")->path, "/a");
  EXPECT_EQ(parse_target("https://hub.example")->path, "/");
  EXPECT_EQ(parse_target("*")->path, "*");
}

TEST(ParseTarget, refuses_climbing_fragments_and_other_forms) {
  for (const char* text : {"", "a", "//../x", "/../x", "/a/../b", "/a/..", "/./a", "/%2e%2e/x", "/a/%2e%2e%2fb", "/a#b",
                           "http://", "http:///x", "ftp://x/y", "/a?x=%", "/a?%00=1", "/a?x=%ff"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
  EXPECT_TRUE(parse_target("/a/...")) << "three dots are a name";
  EXPECT_TRUE(parse_target("/.well-known/x"));
}

TEST(ParseTarget, takes_128_parameters_and_no_more) {
  std::string text = "/?";
  for (int i = 0; i < 128; ++i) text += "a=1&";
  EXPECT_EQ(parse_target(text)->query.size(), 128U);
  EXPECT_FALSE(parse_target(text + "a=1"));
}

}  // namespace
}  // namespace leanspec::net::server
