#include "hub/api/answer.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace leanspec::hub::api {
namespace {

TEST(ErrorAnswer, says_code_and_message_on_top_and_under_error) {
  const net::Response response = error_answer(Error(ErrorCode::not_found, "There is no spec 'x'."), "SPEC_NOT_FOUND");
  EXPECT_EQ(response.status, 404U);
  const auto body = boost::json::parse(*response.body).as_object();
  EXPECT_EQ(body.at("code"), "SPEC_NOT_FOUND");
  EXPECT_EQ(body.at("error").at("code"), "SPEC_NOT_FOUND");
  EXPECT_EQ(body.at("error").at("message"), body.at("message"));
}

TEST(ErrorAnswer, names_the_field_that_is_wrong) {
  const net::Response response = error_answer(Error(ErrorCode::invalid, "must be a text", "name"));
  EXPECT_EQ(response.status, 422U);
  EXPECT_EQ(boost::json::parse(*response.body).at("details").at("field"), "name");
}

TEST(Fields, every_wrong_type_is_an_error_that_names_its_field) {
  const auto object = boost::json::parse(R"({"name":1,"count":"many","flag":"yes","list":[1],"long":"abcdef"})").as_object();
  const Fields fields(object);
  EXPECT_EQ(fields.text("name", 10).error().subject, "name");
  EXPECT_EQ(fields.text("absent", 10).error().subject, "absent");
  EXPECT_EQ(fields.text("long", 5).error().subject, "long");
  EXPECT_EQ(fields.optional_integer("count", 0, 9).error().subject, "count");
  EXPECT_EQ(fields.optional_boolean("flag").error().subject, "flag");
  EXPECT_EQ(fields.texts("list", 3).error().subject, "list");
}

TEST(Fields, lists_come_as_arrays_or_with_commas) {
  const auto object = boost::json::parse(R"({"a":["x","y"],"b":"x,,y","c":null})").as_object();
  const std::vector<std::string> both = {"x", "y"};
  EXPECT_EQ(*Fields(object).texts("a", 2), both);
  EXPECT_EQ(*Fields(object).texts("b", 2), both);
  EXPECT_TRUE(Fields(object).texts("c", 2)->empty());
  EXPECT_FALSE(Fields(object).texts("a", 1).has_value());
}

TEST(ParseObject, refuses_what_is_not_an_object_and_what_nests_too_deep) {
  EXPECT_TRUE(parse_object("{}").has_value());
  EXPECT_FALSE(parse_object("").has_value());
  EXPECT_FALSE(parse_object("[]").has_value());
  EXPECT_FALSE(parse_object(R"({"a":)" + std::string(100, '[') + std::string(100, ']') + "}").has_value());
}

}  // namespace
}  // namespace leanspec::hub::api
