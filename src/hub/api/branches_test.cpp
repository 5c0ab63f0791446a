#include <gtest/gtest.h>

#include "hub/api/api_for_test.h"

namespace leanspec::hub::api {
namespace {

using access::Scope;
using net::Method;

/// Two branches of one project: the default one without a name, and a fork of it.
class BranchApi : public ::testing::Test {
 protected:
  void SetUp() override {
    api.add_project("demo");
    ada = api.sign_in("ada", true);
    reader = api.make_key({Scope::specs_read});
    api.push("demo", path, "---\nstatus: planned\n---\n# One\n\non the default branch\n");
    ASSERT_TRUE(api.store.write([&](store::Session& session) -> Status {
      store::Fork fork;
      fork.of = api.branches["demo"];
      fork.seq = Seq{1};
      LEANSPEC_ASSIGN(const auto made, session.versions().create_branch(ProjectId("demo"), "topic", fork));
      topic = made.id;
      return {};
    }));
    api.directory.forget();
  }
  wire::PushResult push_to_topic(const std::string& where, const std::string& text) {
    const BranchId other = std::exchange(api.branches["demo"], topic);
    auto result = api.push("demo", where, text);
    api.branches["demo"] = other;
    return result;
  }
  boost::json::object get(const std::string& rest) {
    return ApiForTest::json(api.get("/api/projects/demo" + rest, {.key = reader}));
  }

  ApiForTest api;
  const std::string path = "001-one/README.md";
  std::string ada;
  std::string reader;
  BranchId topic;
};

// Law 26
TEST_F(BranchApi, lists_them_with_their_last_edit_and_where_they_come_from) {
  auto list = get("/branches");
  ASSERT_EQ(list.at("total").as_int64(), 2);
  const auto& first = list.at("branches").at(0);
  EXPECT_EQ(first.at("name").as_string(), "");
  EXPECT_TRUE(first.at("default").as_bool());
  EXPECT_EQ(first.at("documents").as_int64(), 1);
  EXPECT_TRUE(first.at("lastEdited").at("at").is_string());
  EXPECT_TRUE(first.at("fork").is_null());
  const auto& second = list.at("branches").at(1);
  EXPECT_EQ(second.at("name").as_string(), "topic");
  EXPECT_FALSE(second.at("default").as_bool());
  EXPECT_TRUE(second.at("lastEdited").is_null()) << "nothing but what it began with is on it";
  EXPECT_EQ(second.at("fork").at("of").as_string(), "");
  EXPECT_EQ(second.at("fork").at("seq").as_int64(), 1);
  push_to_topic("002-two/README.md", "# Two\n");
  list = get("/branches");
  EXPECT_TRUE(list.at("branches").at(1).at("lastEdited").is_object());
  EXPECT_EQ(list.at("branches").at(1).at("seq").as_int64(), 1);
}

// Law 26
TEST_F(BranchApi, every_reading_is_of_the_branch_that_it_names_and_else_of_the_default_one) {
  push_to_topic(path, "---\nstatus: complete\n---\n# One\n\non the topic branch\n");
  for (const std::string route :
       {"/specs/001-one", "/specs", "/board", "/stats", "/dependencies", "/search?q=branch", "/specs/001-one/raw",
        "/specs/001-one/history", "/history?path=001-one/README.md", "/conflicts", "/merges", "/held"}) {
    const std::string sign = route.find('?') == std::string::npos ? "?" : "&";
    EXPECT_EQ(api.get("/api/projects/demo" + route, {.key = reader}).status, 200U) << route;
    EXPECT_EQ(api.get("/api/projects/demo" + route + sign + "branch=topic", {.key = reader}).status, 200U) << route;
    const auto missing = api.get("/api/projects/demo" + route + sign + "branch=nothing", {.key = reader});
    EXPECT_EQ(missing.status, 404U) << route;
    EXPECT_EQ(ApiForTest::json(missing).at("code").as_string(), "BRANCH_NOT_FOUND") << route;
  }
  EXPECT_EQ(get("/specs/001-one").at("status").as_string(), "planned");
  EXPECT_EQ(get("/specs/001-one?branch=topic").at("status").as_string(), "complete");
  EXPECT_EQ(get("/search?q=topic").at("total").as_int64(), 0);
  EXPECT_EQ(get("/search?q=topic&branch=topic").at("total").as_int64(), 1);
}

TEST_F(BranchApi, the_default_branch_is_the_administrators_to_choose_among_those_there_are) {
  const auto change = [&](const std::string& body) {
    return api.ask(Method::patch, "/api/projects/demo", body, {.cookie = ada});
  };
  EXPECT_EQ(change(R"({"defaultBranch":"nothing"})").status, 422U);
  EXPECT_EQ(ApiForTest::json(change(R"({"defaultBranch":"topic"})")).at("defaultBranch").as_string(), "topic");
  EXPECT_EQ(get("/specs").at("specs").as_array().size(), 0U);
  EXPECT_EQ(get("/specs?branch=").at("specs").as_array().size(), 0U) << "no name means the default branch";
}

TEST_F(BranchApi, who_edits_one_document_on_two_branches_is_shown_on_each_with_its_name) {
  push_to_topic(path, "---\nstatus: planned\n---\n# One\n\non the topic\n");
  const auto edit = [&](const std::string& branch, const std::string& tab) {
    const std::string body = R"({"tab":")" + tab + R"(","path":")" + path + R"("})";
    return api.ask(Method::put, "/api/projects/demo/presence" + branch, body, {.cookie = ada}).status;
  };
  ASSERT_EQ(edit("", "1"), 204U);
  ASSERT_EQ(edit("?branch=topic", "2"), 204U);
  for (const auto& [query, name] : {std::pair("", ""), {"?branch=topic", "topic"}}) {
    const auto shown = get(std::string("/presence") + query);
    ASSERT_EQ(shown.at("total").as_int64(), 1) << name;
    EXPECT_EQ(shown.at("editors").at(0).at("branch").as_string(), name);
    EXPECT_EQ(shown.at("editors").at(0).at("path").as_string(), path);
  }
}

}  // namespace
}  // namespace leanspec::hub::api
