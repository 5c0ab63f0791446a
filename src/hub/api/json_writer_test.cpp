#include "hub/api/json_writer.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <limits>

namespace leanspec::hub::api {
namespace {

namespace json = boost::json;

std::string text_of(std::string_view text) {
  JsonWriter writer;
  writer.text(text);
  return writer.take();
}

TEST(JsonWriter, puts_commas_between_values_and_nowhere_else) {
  JsonWriter writer;
  writer.begin_object();
  writer.text("a", "b");
  writer.name("list");
  writer.begin_array();
  writer.number(1);
  writer.begin_object();
  writer.end_object();
  writer.begin_array();
  writer.end_array();
  writer.null();
  writer.end_array();
  writer.written(R"("c":1,"d":2)");
  writer.truth("e", true);
  writer.number("f", std::numeric_limits<std::uint64_t>::max());
  writer.end_object();
  EXPECT_EQ(writer.take(), R"({"a":"b","list":[1,{},[],null],"c":1,"d":2,"e":true,"f":18446744073709551615})");
}

TEST(JsonWriter, every_character_at_every_place_comes_back_as_it_was) {
  for (std::size_t before = 0; before < 40; ++before) {
    for (int byte = 0; byte < 128; ++byte) {
      const std::string text = std::string(before, 'x') + static_cast<char>(byte) + std::string(20, 'y');
      ASSERT_EQ(json::parse(text_of(text)).as_string(), text) << byte << " behind " << before;
    }
  }
  EXPECT_EQ(text_of("实时 \xF0\x9F\x98\x80"), "\"实时 \xF0\x9F\x98\x80\"");
}

TEST(JsonWriter, bytes_that_are_no_text_become_the_replacement_character) {
  EXPECT_EQ(text_of("a\xFF\"b"), "\"a\xEF\xBF\xBD\\\"b\"");
  EXPECT_EQ(text_of("\xED\xA0\x80").find('\xED'), std::string::npos);
}

TEST(JsonWriter, numbers_read_back_as_the_same_number) {
  const auto number_of = [](double number) {
    JsonWriter writer;
    writer.number(number);
    return writer.take();
  };
  for (const double number : {0.0, 12.0, -0.1, 1e-9, 1.5e300, 33.333333333333336}) {
    EXPECT_EQ(json::parse(number_of(number)).to_number<double>(), number);
  }
  EXPECT_EQ(number_of(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(number_of(std::numeric_limits<double>::infinity()), "null");
}

}  // namespace
}  // namespace leanspec::hub::api
