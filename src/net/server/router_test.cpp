#include "net/server/router.h"

#include <gtest/gtest.h>

namespace leanspec::net::server {
namespace {

Route route(Method method, std::string pattern) {
  Route made;
  made.method = method;
  made.pattern = std::move(pattern);
  made.action = "public";
  made.handler = ImmediateHandler([](const Request&) { return Response(); });
  return made;
}

class RouterTest : public ::testing::Test {
 protected:
  void add(Method method, std::string pattern) {
    const Status added = router.add(route(method, std::move(pattern)));
    ASSERT_TRUE(added) << added.error().sentence();
  }
  std::string found(Method method, std::string_view path) {
    const auto result = router.find(method, path);
    const auto* match = std::get_if<Router::Match>(&result);
    if (match == nullptr) return "-";
    std::string text = match->route->pattern;
    for (const auto& [name, value] : match->captures) text += " " + name + "=" + value;
    return text;
  }
  Router router;
};

TEST_F(RouterTest, literals_win_over_captures_and_captures_over_the_remainder) {
  add(Method::get, "/{page...}");
  add(Method::get, "/api/projects/{project}");
  add(Method::get, "/api/projects/refresh");
  add(Method::get, "/api/projects/{project}/specs/{spec}");
  add(Method::get, "/api/projects/{project}/files/{path...}");
  add(Method::get, "/");
  EXPECT_EQ(found(Method::get, "/api/projects/refresh"), "/api/projects/refresh");
  EXPECT_EQ(found(Method::get, "/api/projects/p1"), "/api/projects/{project} project=p1");
  EXPECT_EQ(found(Method::get, "/api/projects/p1/specs/082-web"),
            "/api/projects/{project}/specs/{spec} project=p1 spec=082-web");
  EXPECT_EQ(found(Method::get, "/api/projects/p1/files/a/b.md"),
            "/api/projects/{project}/files/{path...} project=p1 path=a/b.md");
  EXPECT_EQ(found(Method::get, "/api/other"), "/{page...} page=api/other");
  EXPECT_EQ(found(Method::get, "/"), "/");
}

TEST_F(RouterTest, an_encoded_slash_stays_inside_its_segment) {
  add(Method::get, "/specs/{spec}");
  EXPECT_EQ(found(Method::get, "/specs/a%2Fb"), "/specs/{spec} spec=a/b");
  EXPECT_EQ(found(Method::get, "/specs/a/b"), "-");
  EXPECT_EQ(found(Method::get, "/specs/"), "-") << "an empty segment captures nothing";
  EXPECT_EQ(found(Method::get, "/specs/%zz"), "-");
  EXPECT_EQ(found(Method::get, "/%73pecs/x"), "/specs/{spec} spec=x");
}

TEST_F(RouterTest, head_is_answered_by_get) {
  add(Method::get, "/a");
  add(Method::post, "/b");
  EXPECT_EQ(found(Method::head, "/a"), "/a");
  EXPECT_EQ(found(Method::head, "/b"), "-");
}

TEST_F(RouterTest, a_miss_knows_the_methods_of_its_path) {
  add(Method::get, "/a");
  add(Method::patch, "/a");
  const auto wrong = router.find(Method::del, "/a");
  EXPECT_EQ(std::get<Router::Miss>(wrong).allowed, (std::vector<Method>{Method::get, Method::patch}));
  const auto nothing = router.find(Method::get, "/b");
  EXPECT_TRUE(std::get<Router::Miss>(nothing).allowed.empty());
}

TEST_F(RouterTest, bugs_in_the_table_are_found_when_it_is_built) {
  add(Method::get, "/a/{x}");
  Route without_action = route(Method::get, "/b");
  without_action.action.clear();
  Route without_handler = route(Method::get, "/b");
  without_handler.handler = ImmediateHandler();
  EXPECT_FALSE(router.add(std::move(without_action)));
  EXPECT_FALSE(router.add(std::move(without_handler)));
  EXPECT_FALSE(router.add(route(Method::get, "/a/{other}"))) << "the same but for the name";
  EXPECT_FALSE(router.add(route(Method::get, "b")));
  EXPECT_FALSE(router.add(route(Method::get, "/{x...}/b")));
  EXPECT_FALSE(router.add(route(Method::get, "/{}")));
  EXPECT_FALSE(router.add(route(Method::get, "/{x")));
  EXPECT_TRUE(router.add(route(Method::post, "/a/{x}")));
}

TEST_F(RouterTest, a_refusal_is_json_whatever_it_quotes) {
  const Response plain = router.refuse(404, "no \"such\"\n\x01 thing");
  EXPECT_EQ(*plain.body, R"({"error":{"code":"NOT_FOUND","message":"no \"such\"?? thing"}})");
  router.set_refusal_shape(
      [](unsigned status, std::string_view why) { return text_response(status, std::string(why)); });
  EXPECT_EQ(*router.refuse(404, "shaped").body, "shaped");
}

}  // namespace
}  // namespace leanspec::net::server
