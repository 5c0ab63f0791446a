#include <gtest/gtest.h>

#include "hub/api/api_for_test.h"

namespace leanspec::hub::api {
namespace {

using access::Scope;
using net::Method;

constexpr const char* readme =
    "---\nstatus: planned\ncreated: '2026-01-02'\ntags: [web, sync]\n---\n\n# First spec\n\nHello.\n";

class LeanspecRoutes : public ::testing::Test {
 protected:
  void SetUp() override {
    api.add_project("demo");
    api.push("demo", "001-first/README.md", readme);
    api.push("demo", "001-first/DESIGN.md", "# Design\n\nTwo lines.");
    api.push("demo", "FROZEN.md", "frozen\n");
    administrator = api.sign_in("ada", true);
    stranger = api.sign_in("bob", false);
    key = api.make_key({Scope::specs_read, Scope::specs_write});
    reader = api.make_key({Scope::specs_read});
  }

  boost::json::object read(const std::string& rest) {
    return ApiForTest::json(api.get("/api/projects/demo" + rest, {.key = reader}));
  }
  net::Response create(const std::string& body) {
    return api.ask(Method::post, "/api/projects/demo/specs", body, {.key = key});
  }

  ApiForTest api;
  std::string administrator, stranger, key, reader;
};

TEST_F(LeanspecRoutes, each_is_for_those_whose_right_it_is) {
  struct Row {
    Method method;
    const char* target;
    unsigned nobody, owner, other_person, reading_key;
  };
  for (const Row& row : {
           Row{Method::get, "/api/projects/demo/files", 401, 200, 404, 200},
           Row{Method::get, "/api/projects/demo/file?path=specs/FROZEN.md", 401, 200, 404, 200},
           Row{Method::get, "/api/projects/demo/context", 401, 200, 404, 200},
           Row{Method::post, "/api/projects/demo/validate", 401, 200, 404, 200},
           Row{Method::post, "/api/projects/demo/specs", 401, 422, 404, 403},
           Row{Method::post, "/api/projects/demo/favorite", 401, 200, 404, 403},
           Row{Method::del, "/api/projects/demo", 401, 501, 404, 403},
           Row{Method::post, "/api/projects/refresh", 401, 200, 200, 200},
           Row{Method::post, "/api/projects", 401, 422, 422, 403},
           Row{Method::post, "/api/local-projects/list-directory", 401, 501, 501, 403},
           Row{Method::get, "/api/sessions", 401, 200, 200, 200},
           Row{Method::get, "/api/sessions/x", 401, 404, 404, 404},
           Row{Method::post, "/api/sessions", 401, 501, 501, 501},
           Row{Method::get, "/api/models/providers", 401, 200, 200, 200},
           Row{Method::get, "/api/chat/config", 401, 200, 200, 200},
           Row{Method::get, "/api/events/specs", 401, 200, 200, 200},
       }) {
    const std::string body = row.method == Method::post ? "{}" : "";
    const auto status = [&](const Asked& asked) { return api.ask(row.method, row.target, body, asked).status; };
    EXPECT_EQ(status({}), row.nobody) << row.target;
    EXPECT_EQ(status({.cookie = administrator}), row.owner) << row.target;
    EXPECT_EQ(status({.cookie = stranger}), row.other_person) << row.target;
    EXPECT_EQ(status({.key = reader}), row.reading_key) << row.target;
  }
}

TEST_F(LeanspecRoutes, files_are_those_of_the_specs_folder) {
  EXPECT_EQ(read("/files").at("entries").at(0).at("name"), "specs");
  const auto specs = read("/files?path=specs").at("entries").as_array();
  ASSERT_EQ(specs.size(), 2U);
  EXPECT_EQ(specs[0].at("type"), "directory");
  EXPECT_EQ(specs[1].at("name"), "FROZEN.md");
  EXPECT_EQ(specs[1].at("size").to_number<int>(), 7);
  EXPECT_EQ(read("/files?path=specs/001-first").at("entries").as_array().size(), 2U);
  const auto found = read("/files/search?q=design").at("results").as_array();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("path"), "specs/001-first/DESIGN.md");
  const auto file = read("/file?path=specs/001-first/DESIGN.md");
  EXPECT_EQ(file.at("content"), "# Design\n\nTwo lines.");
  EXPECT_EQ(file.at("lineCount").to_number<int>(), 3);
  EXPECT_EQ(file.at("language"), "markdown");
}

TEST_F(LeanspecRoutes, paths_that_lead_nowhere_or_out_are_refused) {
  for (const auto& [target, status] :
       std::vector<std::pair<std::string, unsigned>>{{"/files?path=nope", 400},
                                                     {"/files?path=specs/nope", 400},
                                                     {"/files?path=../..", 400},
                                                     {"/files/search", 400},
                                                     {"/file", 400},
                                                     {"/file?path=specs/../../etc/passwd", 400},
                                                     {"/file?path=/etc/passwd", 400},
                                                     {"/file?path=specs", 404},
                                                     {"/file?path=specs/001-first", 404}}) {
    EXPECT_EQ(api.get("/api/projects/demo" + target, {.key = reader}).status, status) << target;
  }
}

TEST_F(LeanspecRoutes, a_new_spec_has_the_given_fields_and_text) {
  const auto made = create(
      R"({"name":"002-second","title":"Second","status":"in-progress","priority":"high","tags":["a"],"dependsOn":["001-first"]})");
  ASSERT_EQ(made.status, 200U) << *made.body;
  const auto spec = ApiForTest::json(made);
  EXPECT_EQ(spec.at("title"), "Second");
  EXPECT_EQ(spec.at("status"), "in-progress");
  EXPECT_EQ(spec.at("priority"), "high");
  EXPECT_EQ(spec.at("dependsOn").at(0), "001-first");
  EXPECT_EQ(read("/specs/002-second").at("id"), "002-second");
  const auto text =
      create(R"({"name":"003-third","content":"---\nstatus: draft\ncreated: 2026-01-01\n---\n\n# Third\n"})");
  EXPECT_EQ(ApiForTest::json(text).at("status"), "draft");
  EXPECT_EQ(read("/specs/003-third/raw").at("content"), "---\nstatus: draft\ncreated: 2026-01-01\n---\n\n# Third\n");
}

TEST_F(LeanspecRoutes, a_new_spec_takes_no_place_that_is_taken_or_is_none) {
  EXPECT_EQ(create(R"({"name":"001-first"})").status, 409U);
  for (const char* name : {"", "../out", "nodigit", "004-a/b", "004-a\\b", "..", "004-a."}) {
    EXPECT_EQ(
        create(R"({"name":")" + std::string(name == std::string("004-a\\b") ? "004-a\\\\b" : name) + R"("})").status,
        422U)
        << name;
  }
  EXPECT_EQ(create(R"({"name":"004-a","dependsOn":["nowhere"]})").status, 422U);
  EXPECT_EQ(create(R"({"name":"004-a","status":"done"})").status, 422U);
  EXPECT_EQ(create("{}").status, 422U);
}

TEST_F(LeanspecRoutes, a_list_without_a_limit_is_whole_and_tags_are_all_of_them) {
  for (int i = 100; i < 160; ++i)
    api.push("demo", std::to_string(i) + "-more/README.md",
             "---\nstatus: planned\ncreated: 2026-01-01\ntags: [web]\n---\n\n# More\n");
  EXPECT_EQ(read("/specs").at("specs").as_array().size(), 61U);
  EXPECT_EQ(read("/specs?cursor=1").at("specs").as_array().size(), 50U);
  EXPECT_EQ(read("/specs?hierarchy=true&limit=3").at("specs").as_array().size(), 61U);
  EXPECT_EQ(read("/specs?tags=web").at("total").to_number<int>(), 61);
  EXPECT_EQ(read("/specs?tags=web,sync").at("total").to_number<int>(), 1);
}

TEST_F(LeanspecRoutes, the_favorite_is_toggled) {
  const auto toggle = [&] {
    return ApiForTest::json(api.ask(Method::post, "/api/projects/demo/favorite", "", {.cookie = administrator}))
        .at("favorite")
        .as_bool();
  };
  EXPECT_TRUE(toggle());
  EXPECT_FALSE(toggle());
}

}  // namespace
}  // namespace leanspec::hub::api
