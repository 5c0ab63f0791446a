#include <gtest/gtest.h>

#include "hub/api/api_for_test.h"

namespace leanspec::hub::api {
namespace {

using access::Scope;
using net::Method;
using wire::PushOutcome;

class ConflictApi : public ::testing::Test {
 protected:
  void SetUp() override {
    api.add_project("demo");
    ada = api.sign_in("ada", true);
    reader = api.make_key({Scope::specs_read});
    writer = api.make_key({Scope::specs_write, Scope::specs_read});
    base = *api.push("demo", path, "# T\n\none\n\nlast\n").head_version;
    document = (*api.views.head_at_path(api.branches["demo"], path))->document;
  }
  wire::PushResult push(const std::string& text) { return api.push("demo", path, text, base, document); }
  std::string disagree() {
    push("# T\n\nmine\n\nlast\n");
    const auto held = push("# T\n\nyours\n\nlast\n");
    EXPECT_EQ(held.outcome, PushOutcome::held);
    return to_string(held.side_version->value());
  }
  boost::json::object get(const std::string& rest) { return ApiForTest::json(api.get("/api/projects/demo" + rest, {.key = reader})); }
  net::Response post(const std::string& rest, const std::string& body) {
    return api.ask(Method::post, "/api/projects/demo" + rest, body, {.cookie = ada});
  }
  std::string text() { return std::string(get("/specs/001-x/raw").at("content").as_string()); }
  std::string head() { return std::string(get("/specs/001-x/history?limit=50").at("versions").at(0).at("version").as_string()); }
  std::string head_of(const std::string& conflict) {
    return std::string(get("/conflicts/" + conflict).at("head").at("version").as_string());
  }
  net::Response resolve(const std::string& conflict, const std::string& head, const std::string& fields) {
    return post("/conflicts/" + conflict + "/resolve", "{\"expectedHead\":\"" + head + "\"," + fields + "}");
  }

  const std::string path = "001-x/README.md";
  ApiForTest api;
  std::string ada;
  std::string reader;
  std::string writer;
  VersionId base;
  DocumentId document;
};

TEST_F(ConflictApi, lists_and_shows_what_both_sides_say_and_where) {
  EXPECT_EQ(get("/conflicts").at("total").to_number<int>(), 0);
  const auto conflict = disagree();
  const auto list = get("/conflicts");
  ASSERT_EQ(list.at("total").to_number<int>(), 1);
  const auto& row = list.at("conflicts").at(0);
  EXPECT_EQ(row.at("conflict").as_string(), conflict);
  EXPECT_EQ(row.at("spec"), "001-x");
  EXPECT_EQ(row.at("state"), "open");
  EXPECT_EQ(row.at("placeNames").at(0), "line 3");
  EXPECT_FALSE(row.at("other").at("machine").is_null());
  EXPECT_FALSE(row.as_object().contains("headText"));

  const auto shown = get("/conflicts/" + conflict);
  EXPECT_EQ(shown.at("baseText"), "# T\n\none\n\nlast\n");
  EXPECT_EQ(shown.at("headText"), "# T\n\nmine\n\nlast\n");
  EXPECT_EQ(shown.at("otherText"), "# T\n\nyours\n\nlast\n");
  const auto& place = shown.at("places").at(0);
  EXPECT_EQ(place.at("ours").at("text"), "mine\n");
  EXPECT_EQ(place.at("ours").at("begin").to_number<int>(), 3);
  EXPECT_EQ(shown.at("draft").as_array().size(), 3U);
  EXPECT_EQ(shown.at("base").at("version").as_string(), to_string(base.value()));
}

TEST_F(ConflictApi, a_decision_becomes_the_head_and_names_the_person) {
  const auto conflict = disagree();
  const auto done = resolve(conflict, head_of(conflict), R"("take":"places","places":[{"index":0,"take":"text","text":"ours"}])");
  ASSERT_EQ(done.status, 200U) << *done.body;
  EXPECT_EQ(text(), "# T\n\nours\n\nlast\n");
  const auto object = ApiForTest::json(done);
  EXPECT_EQ(object.at("head").at("user").at("name"), "ada");
  EXPECT_EQ(object.at("head").at("secondParent").as_string(), conflict);
  EXPECT_EQ(get("/conflicts").at("total").to_number<int>(), 0);
  const auto gone = api.get("/api/projects/demo/conflicts/" + conflict, {.key = reader});
  EXPECT_EQ(gone.status, 410U);
  EXPECT_NE(gone.body->find("by ada"), std::string::npos) << *gone.body;
}

TEST_F(ConflictApi, a_stale_decision_is_refused_with_the_new_head) {
  const auto conflict = disagree();
  const auto seen = head_of(conflict);
  const auto held_head = (*api.views.head_at_path(api.branches["demo"], path))->id;
  const auto moved = api.push("demo", path, "# T\n\nmine\n\nlast line\n", held_head, document);
  const auto refused = resolve(conflict, seen, R"("take":"other")");
  ASSERT_EQ(refused.status, 409U);
  const auto error = ApiForTest::json(refused);
  EXPECT_EQ(error.at("code"), "CONFLICT_STALE");
  EXPECT_EQ(error.at("details").at("head").at("version").as_string(), to_string(moved.head_version->value()));
  EXPECT_EQ(text(), "# T\n\nmine\n\nlast line\n");

  ASSERT_EQ(resolve(conflict, head_of(conflict), R"("take":"other")").status, 200U);
  const auto second = resolve(conflict, head(), R"("take":"head")");
  ASSERT_EQ(second.status, 409U);
  EXPECT_EQ(ApiForTest::json(second).at("details").at("decidedBy").at("user").at("name"), "ada");
  EXPECT_NE(second.body->find("already, by ada"), std::string::npos);
}

TEST_F(ConflictApi, a_mistake_in_a_decision_names_the_field) {
  const auto conflict = disagree();
  const auto seen = head_of(conflict);
  struct Row {
    const char* fields;
    const char* field;
  };
  const Row rows[] = {
      {R"("take":"neither")", "take"},
      {R"("take":"merged")", "take"},
      {R"("take":"text")", "text"},
      {R"("take":"places")", "places[0]"},
      {R"("take":"places","places":[{"take":"ours"}])", "places.index"},
      {R"("take":"places","places":[{"index":0,"take":"mine"}])", "take"},
      {R"("take":"places","places":[{"index":0,"take":"text"}])", "text"},
      {R"("take":"other","path":"../x.md")", "path"},
  };
  for (const Row& row : rows) {
    const auto refused = resolve(conflict, seen, row.fields);
    EXPECT_EQ(refused.status, 422U) << row.fields << *refused.body;
    EXPECT_EQ(ApiForTest::json(refused).at("details").at("field").as_string(), row.field) << row.fields;
  }
  EXPECT_EQ(post("/conflicts/" + conflict + "/resolve", R"({"take":"head"})").status, 422U) << "expectedHead is missing";
  EXPECT_EQ(post("/conflicts/00000000-0000-7000-8000-000000000000/resolve", R"({"take":"head","expectedHead":null})").status, 404U);
  EXPECT_EQ(api.get("/api/projects/demo/conflicts/x", {.key = reader}).status, 404U);
  EXPECT_EQ(get("/conflicts").at("total").to_number<int>(), 1);
}

TEST_F(ConflictApi, a_file_beside_is_named_in_the_answer) {
  const auto conflict = disagree();
  const auto done = resolve(conflict, head_of(conflict), R"("take":"beside")");
  ASSERT_EQ(done.status, 200U) << *done.body;
  EXPECT_EQ(ApiForTest::json(done).at("beside"), "001-x/README.other.md");
  EXPECT_EQ(get("/specs/001-x/subspecs/README.other.md/raw").at("content"), "# T\n\nyours\n\nlast\n");
}

TEST_F(ConflictApi, only_who_may_write_decides) {
  const auto conflict = disagree();
  const std::string body = R"({"take":"other","expectedHead":")" + head_of(conflict) + "\"}";
  const std::string target = "/api/projects/demo/conflicts/" + conflict + "/resolve";
  EXPECT_EQ(api.ask(Method::post, target, body).status, 401U);
  EXPECT_EQ(api.ask(Method::post, target, body, {.key = reader}).status, 403U);
  EXPECT_EQ(api.ask(Method::post, target, body, {.key = writer}).status, 200U);
}

TEST_F(ConflictApi, automatic_merges_are_listed_and_taken_back) {
  push("# T\n\nmine\n\nlast\n");
  const auto joined = push("# T\n\none\n\nlast of all\n");
  ASSERT_EQ(joined.outcome, PushOutcome::known);
  const auto list = get("/merges");
  ASSERT_EQ(list.at("merges").as_array().size(), 1U);
  const auto& row = list.at("merges").at(0);
  const std::string merge(row.at("merge").as_string());
  EXPECT_EQ(merge, to_string(joined.head_version->value()));
  EXPECT_EQ(row.at("automatic"), true);
  EXPECT_EQ(row.at("isHead"), true);
  EXPECT_EQ(row.at("spec"), "001-x");

  const std::string target = "/merges/" + merge + "/undo";
  EXPECT_EQ(post(target, R"({"keep":"both"})").status, 422U);
  EXPECT_EQ(api.ask(Method::post, "/api/projects/demo" + target, R"({"keep":"first"})", {.key = reader}).status, 403U);
  const auto done = post(target, R"({"keep":"first"})");
  ASSERT_EQ(done.status, 200U) << *done.body;
  EXPECT_EQ(ApiForTest::json(done).at("outcome"), "undone");
  EXPECT_EQ(text(), "# T\n\nmine\n\nlast\n");
  EXPECT_EQ(ApiForTest::json(post(target, R"({"keep":"first"})")).at("outcome"), "unchanged");
  EXPECT_EQ(post("/merges/" + to_string(base.value()) + "/undo", R"({"keep":"first"})").status, 404U) << "no merge";

  const auto now = (*api.views.head_at_path(api.branches["demo"], path))->id;
  api.push("demo", path, "# T\n\nsomething else\n\nnothing that was\n", now, document);
  const auto refused = post(target, R"({"keep":"second"})");
  EXPECT_EQ(refused.status, 409U);
  EXPECT_EQ(ApiForTest::json(refused).at("code"), "UNDO_CONFLICT");
  EXPECT_FALSE(ApiForTest::json(refused).at("details").at("places").as_array().empty());
}

TEST_F(ConflictApi, versions_are_compared_line_by_line_and_word_by_word) {
  push("# T\n\none more\n\nlast\n");
  const auto versions = get("/specs/001-x/history");
  const std::string newest(versions.at("versions").at(0).at("version").as_string());
  const auto diff = get("/specs/001-x/versions/" + newest + "/diff");
  EXPECT_EQ(diff.at("comparable"), true);
  EXPECT_EQ(diff.at("added").to_number<int>(), 1);
  EXPECT_EQ(diff.at("from").at("version").as_string(), to_string(base.value()));
  const auto& lines = diff.at("hunks").at(0).at("lines").as_array();
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[2].at("kind"), "removed");
  EXPECT_EQ(lines[3].at("parts").at(1).at("text"), " more");
  EXPECT_EQ(lines[3].at("parts").at(1).at("changed"), true);

  const auto first = get("/specs/001-x/versions/" + to_string(base.value()) + "/diff");
  EXPECT_TRUE(first.at("from").is_null());
  EXPECT_EQ(first.at("added").to_number<int>(), 5);
  const auto back = get("/specs/001-x/versions/" + to_string(base.value()) + "/diff?against=" + newest + "&context=0");
  EXPECT_EQ(back.at("hunks").at(0).at("lines").as_array().size(), 2U);
  EXPECT_EQ(api.get("/api/projects/demo/specs/001-x/versions/" + newest + "/diff?against=x", {.key = reader}).status, 404U);
  EXPECT_EQ(api.get("/api/projects/demo/specs/001-x/versions/" + newest + "/diff?context=101", {.key = reader}).status, 422U);
}

}  // namespace
}  // namespace leanspec::hub::api
