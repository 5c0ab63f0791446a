#include "bridge/run/json_value.h"

#include <gtest/gtest.h>

namespace leanspec::bridge::run {
namespace {

TEST(json_value, is_asked_by_name_and_what_is_not_there_is_empty) {
  const auto read = JsonValue::parse(R"({"a": {"b": [1, "tä\u0041xt", true, null]}, "n": -7})");
  ASSERT_TRUE(read) << read.error().sentence();
  const auto items = read->at("a").at("b").items();
  ASSERT_EQ(items.size(), 4U);
  EXPECT_EQ(items[0].number(), 1);
  EXPECT_EQ(items[1].text(), "täAxt");
  EXPECT_TRUE(items[2].is_true());
  EXPECT_TRUE(items[3].is_null());
  EXPECT_EQ(read->at("n").number(), -7);
  EXPECT_EQ(read->at("x").at("y").text(), "");
  EXPECT_TRUE(read->at("n").items().empty());
  EXPECT_EQ(read->at("a").print(), R"({"b":[1,"täAxt",true,null]})");
}

TEST(json_value, what_is_no_json_is_refused_with_its_place) {
  for (const char* text : {"", "{", "{\"a\":}", "[1,]", "{} x", "\"\xff\""}) {
    const auto read = JsonValue::parse(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::invalid);
  }
}

TEST(json_value, nesting_has_an_end) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(JsonValue::parse(nested(JsonValue::depth_max)));
  EXPECT_FALSE(JsonValue::parse(nested(JsonValue::depth_max + 1)));
  EXPECT_FALSE(JsonValue::parse(std::string(1'000'000, '[')));
}

}  // namespace
}  // namespace leanspec::bridge::run
