#include "hub/api/spec_json.h"

#include <gtest/gtest.h>

#include "hub/api/api_for_test.h"
#include "net/server/content_coding.h"

namespace leanspec::hub::api {
namespace {

namespace json = boost::json;

class SpecJson : public testing::Test {
 protected:
  SpecJson() {
    api.add_project("demo");
    api.push("demo", "001-first/README.md",
             "---\nstatus: planned\ncreated: 2026-01-02\ntags: [a, \"b \\\"c\\\"\"]\n---\n\n# First\n\nSync.\n");
    second = api.push("demo", "002-second/README.md", text_of_second("001-first"));
    key = api.make_key({access::Scope::specs_read});
  }
  static std::string text_of_second(const std::string& on) {
    return "---\nstatus: in-progress\ncreated: 2026-01-03\nparent: 001-first\ndepends_on: [" + on +
           "]\n---\n\n# Sync it\n\nText.\n";
  }
  json::object get(const std::string& target) {
    const auto response = api.get("/api/projects/demo" + target, {.key = key});
    EXPECT_EQ(response.status, 200U) << target << ": " << *response.body;
    return ApiForTest::json(response);
  }
  /// Every member of `summary` stands in `object` as it is.
  static void expect_shows(const json::value& object, const json::object& summary, const char* where) {
    for (const auto& [name, value] : summary) {
      const json::value* shown = object.as_object().if_contains(name);
      ASSERT_NE(shown, nullptr) << where << ": " << std::string(name);
      EXPECT_EQ(*shown, value) << where << ": " << std::string(name);
    }
  }

  ApiForTest api;
  wire::PushResult second;
  std::string key;
};

TEST_F(SpecJson, a_spec_looks_the_same_wherever_it_is_shown) {
  const auto list = get("/specs?hierarchy=true");
  ASSERT_EQ(list.at("total").to_number<int>(), 2);
  const auto& first = list.at("specs").at(1).as_object();
  const auto& other = list.at("specs").at(0).as_object();
  EXPECT_EQ(first.at("projectId"), "demo");
  EXPECT_EQ(first.at("tags"), json::parse(R"(["a","b \"c\""])"));
  EXPECT_EQ(first.at("requiredBy"), json::parse(R"(["002-second"])"));
  EXPECT_EQ(first.at("children"), json::parse(R"(["002-second"])"));
  EXPECT_EQ(other.at("relationships").at("dependsOn"), json::parse(R"(["001-first"])"));
  EXPECT_TRUE(other.at("blocked").as_bool());
  EXPECT_EQ(other.at("parent"), "001-first");
  EXPECT_TRUE(other.at("assignee").is_null());

  expect_shows(list.at("hierarchy").at(0), first, "tree");
  expect_shows(list.at("hierarchy").at(0).at("childNodes").at(0), other, "branch of the tree");
  EXPECT_TRUE(list.at("hierarchy").at(0).at("childNodes").at(0).at("childNodes").as_array().empty());
  const auto board = get("/board");
  for (const json::value& column : board.at("columns").as_array()) {
    for (const json::value& spec : column.at("specs").as_array()) {
      expect_shows(spec, spec.at("id") == "001-first" ? first : other, "board");
    }
  }
  const auto hits = get("/search?q=sync");
  ASSERT_EQ(hits.at("total").to_number<int>(), 2);
  for (const json::value& hit : hits.at("results").as_array()) {
    expect_shows(hit, hit.at("id") == "001-first" ? first : other, "hit");
    EXPECT_GT(hit.at("score").to_number<double>(), 0);
    EXPECT_FALSE(hit.at("excerpts").as_array().empty());
  }
  const auto page = get("/specs/001-first");
  expect_shows(page, first, "page");
  EXPECT_EQ(page.at("contentMd"), "# First\n\nSync.\n");
  const auto view = api.views.view_at(api.branches["demo"])->view;
  EXPECT_EQ(page.at("tokenCount").to_number<std::size_t>(), view->tokens(*view->find("001-first")).body);
}

TEST_F(SpecJson, an_edit_shows_on_the_spec_and_on_those_that_it_names) {
  EXPECT_EQ(get("/specs").at("specs").at(1).at("requiredBy").as_array().size(), 1U);
  const auto head = api.views.head_at_path(api.branches["demo"], "002-second/README.md");
  const auto pushed =
      api.push("demo", "002-second/README.md", text_of_second("003-none"), second.head_version, (*head)->document);
  ASSERT_EQ(pushed.outcome, wire::PushOutcome::accepted);
  const auto after = get("/specs");
  EXPECT_EQ(after.at("specs").at(0).at("dependsOn"), json::parse(R"(["003-none"])"));
  EXPECT_TRUE(after.at("specs").at(1).at("requiredBy").as_array().empty());
}

TEST_F(SpecJson, a_compressed_answer_is_kept_compressed_and_says_so) {
  for (int i = 10; i < 20; ++i)
    api.push("demo", "0" + std::to_string(i) + "-more/README.md", text_of_second("001-first"));
  const Asked plain{.key = key};
  const Asked brotli{.key = key, .headers = {{"Accept-Encoding", "br"}}};
  const auto expected = api.get("/api/projects/demo/specs", plain);
  EXPECT_FALSE(net::find_header(expected.headers, "Content-Encoding"));
  for (int time = 0; time < 3; ++time) {
    const auto response = api.get("/api/projects/demo/specs", brotli);
    EXPECT_EQ(net::find_header(response.headers, "Content-Encoding"), "br");
    EXPECT_EQ(net::find_header(response.headers, "Vary"), "Accept-Encoding");
    EXPECT_TRUE(response.encodings.empty());
    EXPECT_EQ(*response.body, *net::server::compress(net::server::ContentCoding::brotli, *expected.body));
    EXPECT_EQ(*api.get("/api/projects/demo/specs", plain).body, *expected.body);
  }
}

}  // namespace
}  // namespace leanspec::hub::api
