#include "hub/api/api_description.h"

#include <gtest/gtest.h>

#include <set>

#include "hub/api/api_for_test.h"

namespace leanspec::hub::api {
namespace {

/// Bound beside the rest, where a secret for it was given (hub/serve).
constexpr std::string_view bound_elsewhere = "post /api/revalidate";

TEST(ApiDescription, every_route_is_described_and_every_described_route_is_served) {
  const ApiForTest api;
  std::set<std::string> served{std::string(bound_elsewhere)};
  for (const auto& route : api.router().routes()) {
    std::string method(net::to_string(route->method));
    for (char& letter : method) letter = static_cast<char>(std::tolower(letter));
    served.insert(method + " " + route->pattern);
  }
  std::set<std::string> described;
  for (const auto& [path, operations] : api.described().document().at("paths").as_object()) {
    for (const auto& [method, operation] : operations.as_object()) {
      described.insert(std::string(method) + " " + std::string(path));
    }
  }
  for (const std::string& route : served) EXPECT_TRUE(described.contains(route)) << route << " is served and not described";
  for (const std::string& route : described) EXPECT_TRUE(served.contains(route)) << route << " is described and not served";
}

/// Every "$ref" of `value`, however deep.
void references_in(const boost::json::value& value, std::set<std::string>& references) {
  if (value.is_array()) {
    for (const auto& one : value.as_array()) references_in(one, references);
  } else if (value.is_object()) {
    for (const auto& [name, inner] : value.as_object()) {
      if (name == "$ref") references.insert(std::string(inner.as_string()));
      references_in(inner, references);
    }
  }
}

TEST(ApiDescription, it_is_openapi_3_1_and_every_reference_in_it_leads_somewhere) {
  const boost::json::value whole = api_description("1.2.3");
  EXPECT_EQ(whole.at("openapi"), "3.1.0");
  EXPECT_EQ(whole.at("info").at("version"), "1.2.3");
  std::set<std::string> references;
  references_in(whole, references);
  EXPECT_GT(references.size(), 30U);
  for (const std::string& reference : references) {
    ASSERT_TRUE(reference.starts_with("#/")) << reference;
    boost::json::error_code error;
    EXPECT_NE(whole.find_pointer(reference.substr(1), error), nullptr) << reference;
  }
}

TEST(ApiDescription, an_answer_with_a_field_too_many_or_too_few_is_found_out) {
  openapi::AnswerCheck check(api_description("1.2.3"));
  const auto wrong = [&](const char* body) { return check.wrong("get", "/health", 200, "application/json", body); };
  EXPECT_EQ(wrong(R"({"status":"ok","version":"1"})"), "");
  EXPECT_NE(wrong(R"({"status":"ok"})"), "");
  EXPECT_NE(wrong(R"({"status":"ok","version":"1","more":true})"), "");
  EXPECT_NE(wrong(R"({"status":"ok","version":1})"), "");
  EXPECT_NE(check.wrong("get", "/health", 200, "text/plain", "ok"), "");
  EXPECT_NE(check.wrong("get", "/nowhere", 200, "application/json", "{}"), "");
}

TEST(ApiDescription, an_event_of_another_name_or_shape_is_found_out) {
  openapi::AnswerCheck check(api_description("1.2.3"));
  const auto wrong = [&](const char* name, const char* data) { return check.wrong_event("/api/events?project=p", name, data); };
  EXPECT_EQ(wrong("conflicts", R"({"count":1})"), "");
  EXPECT_EQ(wrong("hello", "{}"), "");
  EXPECT_EQ(wrong("hello", R"({"seq":1,"epoch":"e","resumed":false})"), "");
  EXPECT_NE(wrong("hello", R"({"seq":1})"), "");
  EXPECT_NE(wrong("conflicts", R"({"count":1,"more":2})"), "");
  EXPECT_NE(wrong("conflict", R"({"count":1})"), "");
  EXPECT_NE(wrong("conflicts", "1 conflict"), "");
  EXPECT_EQ(check.wrong_event("/api/events/specs", "", R"({"changeType":"created","path":"a/README.md"})"), "");
  EXPECT_NE(check.wrong_event("/api/events/specs", "", R"({"changeType":"moved","path":"a/README.md"})"), "");
  EXPECT_NE(check.wrong_event("/api/projects", "message", "{}"), "");
}

TEST(ApiDescription, it_is_served_with_a_page_that_needs_nothing_from_elsewhere) {
  ApiForTest api;
  const auto document = api.get("/api/openapi.json", {});
  EXPECT_EQ(document.status, 200U);
  EXPECT_EQ(ApiForTest::json(document).at("openapi"), "3.1.0");
  const std::string page = *api.get("/api/docs", {}).body + *api.get("/api/docs.js", {}).body;
  EXPECT_NE(page.find("/api/openapi.json"), std::string::npos);
  EXPECT_EQ(page.find("http://"), std::string::npos);
  EXPECT_EQ(page.find("https://"), std::string::npos);
}

}  // namespace
}  // namespace leanspec::hub::api
