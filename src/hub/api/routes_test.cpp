#include <gtest/gtest.h>

#include "hub/api/api_for_test.h"

namespace leanspec::hub::api {
namespace {

using access::Scope;
using net::Method;

constexpr const char* readme = "---\nstatus: planned\ncreated: '2026-01-02'\npriority: high\ntags: [web, sync]\n---\n\n# First spec\n\nHello *world*.\n";

class Api : public ::testing::Test {
 protected:
  void SetUp() override {
    api.add_project("demo");
    api.add_project("other");
    administrator = api.sign_in("ada", true);
    stranger = api.sign_in("bob", false);
    reader = api.make_key({Scope::specs_read});
    bridge = api.make_key({Scope::bridge_sync});
    other_reader = api.make_key({Scope::specs_read}, ProjectId("other"));
    ASSERT_EQ(api.push("demo", "001-first/README.md", readme).outcome, wire::PushOutcome::accepted);
  }

  ApiForTest api;
  std::string administrator;
  std::string stranger;
  std::string reader;
  std::string bridge;
  std::string other_reader;
};

TEST_F(Api, every_route_answers_each_kind_of_caller_as_its_right_says) {
  struct Row {
    Method method;
    const char* target;
    unsigned nobody, owner, other_person, reading_key, bridge_key, key_of_other_project;
  };
  const Row rows[] = {
      {Method::get, "/health", 200, 200, 200, 200, 200, 200},
      {Method::get, "/health/live", 200, 200, 200, 200, 200, 200},
      {Method::get, "/health/ready", 200, 200, 200, 200, 200, 200},
      {Method::get, "/api/session", 200, 200, 200, 200, 200, 200},
      {Method::get, "/api/projects", 401, 200, 200, 200, 200, 200},
      {Method::get, "/api/projects/demo", 401, 200, 404, 200, 403, 404},
      {Method::patch, "/api/projects/demo", 401, 422, 404, 403, 403, 404},
      {Method::get, "/api/projects/demo/branches", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/specs", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/board", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/stats", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/dependencies", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/search?q=hello", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/held", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/specs/001-first", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/specs/001-first/raw", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/specs/001-first/tokens", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/specs/001-first/validation", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/specs/001-first/history", 401, 200, 404, 200, 403, 404},
      {Method::patch, "/api/projects/demo/specs/001-first/metadata", 401, 422, 404, 403, 403, 404},
      {Method::post, "/api/projects/demo/specs/001-first/checklist-toggle", 401, 422, 404, 403, 403, 404},
      {Method::patch, "/api/projects/demo/specs/001-first/raw", 401, 422, 404, 403, 403, 404},
      {Method::put, "/api/projects/demo/specs/001-first/raw", 401, 422, 404, 403, 403, 404},
      {Method::put, "/api/projects/demo/specs/001-first/subspecs/DESIGN.md/raw", 401, 422, 404, 403, 403, 404},
      {Method::post, "/api/projects/demo/versions/00000000-0000-7000-8000-000000000000/restore", 401, 404, 404, 403,
       403, 404},
      {Method::get, "/api/projects/demo/deleted", 401, 200, 404, 200, 403, 404},
      {Method::post, "/api/projects/demo/specs/001-first/preview", 401, 422, 404, 422, 403, 404},
      {Method::post, "/api/projects/demo/versions/00000000-0000-7000-8000-000000000000/join", 401, 422, 404, 422, 403,
       404},
      {Method::get, "/api/projects/demo/history?path=001-first/README.md", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/projects/demo/guards", 401, 200, 404, 200, 403, 404},
      {Method::post, "/api/projects/demo/guards/00000000-0000-7000-8000-000000000000/approve", 401, 409, 404, 403, 403, 404},
      {Method::post, "/api/projects/demo/guards/00000000-0000-7000-8000-000000000000/revert", 401, 409, 404, 403, 403, 404},
      {Method::get, "/api/projects/demo/presence", 401, 200, 404, 200, 403, 404},
      {Method::put, "/api/projects/demo/presence", 401, 422, 404, 403, 403, 404},
      {Method::get, "/api/projects/nowhere/specs", 401, 404, 404, 404, 403, 404},
      {Method::get, "/api/events?project=demo", 401, 200, 404, 200, 403, 404},
      {Method::get, "/api/bridge", 401, 401, 401, 403, 200, 403},
      {Method::get, "/api/mirrors", 401, 503, 503, 503, 503, 503},
      {Method::post, "/api/mirrors", 401, 503, 503, 403, 403, 403},
      {Method::post, "/api/mirrors/preview", 401, 503, 503, 403, 403, 403},
      {Method::get, "/api/projects/demo/mirror", 401, 503, 404, 503, 403, 404},
      {Method::patch, "/api/projects/demo/mirror", 401, 503, 404, 403, 403, 404},
      {Method::del, "/api/projects/demo/mirror", 401, 503, 404, 403, 403, 404},
      {Method::post, "/api/projects/demo/mirror/sync", 401, 503, 404, 403, 403, 404},
      {Method::get, "/api/projects/demo/mirror/webhook", 401, 503, 404, 403, 403, 404},
      {Method::post, "/api/webhooks/demo", 503, 503, 503, 503, 503, 503},
      {Method::get, "/api/cron/sync", 503, 503, 503, 503, 503, 503},
      {Method::get, "/api/machines", 401, 200, 200, 200, 403, 200},
      {Method::del, "/api/machines/00000000-0000-7000-8000-000000000000", 401, 404, 403, 403, 403, 403},
      {Method::get, "/api/keys", 401, 200, 200, 403, 403, 403},
      {Method::post, "/api/keys", 401, 422, 422, 403, 403, 403},
      {Method::del, "/api/keys/999", 401, 404, 404, 403, 403, 403},
      {Method::get, "/api/nowhere", 404, 404, 404, 404, 404, 404},
  };
  for (const Row& row : rows) {
    const auto status = [&](const Asked& asked) { return api.ask(row.method, row.target, {}, asked).status; };
    EXPECT_EQ(status({}), row.nobody) << row.target << " by nobody";
    EXPECT_EQ(status({.cookie = administrator}), row.owner) << row.target << " by the administrator";
    EXPECT_EQ(status({.cookie = stranger}), row.other_person) << row.target << " by a person without a role";
    EXPECT_EQ(status({.key = reader}), row.reading_key) << row.target << " by a key for reading";
    EXPECT_EQ(status({.key = bridge}), row.bridge_key) << row.target << " by a key for bridges";
    EXPECT_EQ(status({.key = other_reader}), row.key_of_other_project) << row.target << " by a key of another project";
  }
}

TEST_F(Api, the_session_says_what_a_person_may_do_in_each_project_that_they_see) {
  const auto roles = [&](const Asked& asked) {
    return ApiForTest::json(api.get("/api/session", asked)).at("roles").as_object();
  };
  EXPECT_EQ(roles({.cookie = administrator}), (boost::json::object{{"demo", "owner"}, {"other", "owner"}}));
  EXPECT_TRUE(roles({.cookie = stranger}).empty());
  EXPECT_TRUE(roles({}).empty());
  const Status member = api.store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto user, session.accounts().find_user("bob"));
    store::Membership membership;
    membership.user = user->id;
    membership.project = ProjectId("demo");
    membership.role = store::Role::viewer;
    return session.accounts().set_membership(membership);
  });
  ASSERT_TRUE(member);
  api.access_version.raise();
  EXPECT_EQ(roles({.cookie = stranger}), (boost::json::object{{"demo", "viewer"}}));
}

TEST_F(Api, every_route_names_the_right_that_it_needs) {
  for (const auto& route : api.router().routes()) {
    EXPECT_TRUE(route->action == "public" || access::parse_action(route->action).has_value()) << route->pattern << ": " << route->action;
  }
}

TEST_F(Api, an_unsafe_request_with_a_cookie_needs_its_token_and_its_own_origin) {
  const std::string target = "/api/projects/demo";
  const std::string body = R"({"favorite":true})";
  EXPECT_EQ(api.ask(Method::patch, target, body, {.cookie = administrator, .csrf = false}).status, 403U);
  EXPECT_EQ(api.ask(Method::patch, target, body, {.cookie = administrator, .headers = {{"Sec-Fetch-Site", "cross-site"}}}).status, 403U);
  EXPECT_EQ(api.ask(Method::patch, target, body, {.cookie = administrator, .headers = {{"Origin", "http://evil"}, {"Host", "hub"}}}).status, 403U);
  EXPECT_EQ(api.ask(Method::patch, target, body, {.cookie = administrator, .headers = {{"Origin", "http://hub"}, {"Host", "hub"}}}).status, 200U);
}

TEST_F(Api, a_list_has_one_shape_and_shows_the_spec_as_leanspec_does) {
  const auto list = ApiForTest::json(api.get("/api/projects/demo/specs", {.key = reader}));
  EXPECT_EQ(list.at("total").to_number<int>(), 1);
  EXPECT_TRUE(list.at("nextCursor").is_null());
  const auto& spec = list.at("specs").at(0).as_object();
  EXPECT_EQ(spec.at("id"), "001-first");
  EXPECT_EQ(spec.at("specNumber").to_number<int>(), 1);
  EXPECT_EQ(spec.at("title"), "First spec");
  EXPECT_EQ(spec.at("status"), "planned");
  EXPECT_EQ(spec.at("createdAt"), "2026-01-02T00:00:00Z");
  EXPECT_EQ(spec.at("contentHash").as_string(), to_hex(digest::sha256("# First spec\n\nHello *world*.\n")));
}

TEST_F(Api, pages_follow_each_other_without_gap_or_overlap) {
  for (int i = 2; i <= 7; ++i) {
    api.push("demo", "00" + std::to_string(i) + "-more/README.md", readme);
  }
  std::vector<std::string> seen;
  std::string cursor = "0";
  while (!cursor.empty()) {
    const auto page = ApiForTest::json(api.get("/api/projects/demo/specs?limit=3&cursor=" + cursor, {.key = reader}));
    EXPECT_EQ(page.at("total").to_number<int>(), 7);
    for (const auto& spec : page.at("specs").as_array()) seen.emplace_back(spec.at("id").as_string());
    cursor = page.at("nextCursor").is_null() ? "" : std::string(page.at("nextCursor").as_string());
  }
  const std::vector<std::string> all = {"007-more", "006-more", "005-more", "004-more", "003-more", "002-more", "001-first"};
  EXPECT_EQ(seen, all);
}

TEST_F(Api, the_etag_names_the_state_and_moves_with_it) {
  const auto etag = [&] { return std::string(*net::find_header(api.get("/api/projects/demo/specs", {.key = reader}).headers, "ETag")); };
  const std::string before = etag();
  EXPECT_EQ(etag(), before);
  api.push("demo", "002-second/README.md", readme);
  EXPECT_NE(etag(), before);
}

TEST_F(Api, a_wrong_parameter_is_refused_and_named) {
  for (const auto& [query, field] : std::vector<std::pair<std::string, std::string>>{{"limit=0", "limit"},
                                                                                     {"limit=1001", "limit"},
                                                                                     {"cursor=x", "cursor"},
                                                                                     {"status=done", "status"},
                                                                                     {"priority=huge", "priority"},
                                                                                     {"sort=colour", "sort"},
                                                                                     {"order=up", "order"},
                                                                                     {"blocked=maybe", "blocked"}}) {
    const auto response = api.get("/api/projects/demo/specs?" + query, {.key = reader});
    EXPECT_EQ(response.status, 422U) << query;
    EXPECT_EQ(ApiForTest::json(response).at("details").at("field").as_string(), field) << query;
  }
}

TEST_F(Api, a_text_that_does_not_follow_from_the_head_is_kept_and_shown_as_held) {
  const std::string mine = std::string(readme) + "\nMine.\n";
  const auto result = api.push("demo", "001-first/README.md", mine);
  ASSERT_EQ(result.outcome, wire::PushOutcome::held);
  const auto held = ApiForTest::json(api.get("/api/projects/demo/held", {.key = reader}));
  ASSERT_EQ(held.at("total").to_number<int>(), 1);
  EXPECT_EQ(held.at("held").at(0).at("spec"), "001-first");
  EXPECT_FALSE(held.at("held").at(0).at("why").as_string().empty());
  const std::string version(held.at("held").at(0).at("version").as_string());
  const auto kept = ApiForTest::json(api.get("/api/projects/demo/specs/001-first/versions/" + version, {.key = reader}));
  EXPECT_EQ(kept.at("content").as_string(), mine);
  const auto raw = ApiForTest::json(api.get("/api/projects/demo/specs/001-first/raw", {.key = reader}));
  EXPECT_EQ(raw.at("content").as_string(), readme) << "the head stays";
}

TEST_F(Api, edits_of_two_places_are_merged_by_a_worker_and_the_history_tells) {
  const std::string text = "# Together\n\nfirst line\n\nlast line\n";
  const auto base = *api.push("demo", "002-x/README.md", text).head_version;
  const auto document = (*api.views.head_at_path(api.branches["demo"], "002-x/README.md"))->document;
  api.push("demo", "002-x/README.md", "# Together\n\nfirst line, longer\n\nlast line\n", base, document);
  const auto result =
      api.push("demo", "002-x/README.md", "# Together\n\nfirst line\n\nlast line, longer\n", base, document);
  EXPECT_EQ(result.outcome, wire::PushOutcome::known) << result.why;
  const auto raw = ApiForTest::json(api.get("/api/projects/demo/specs/002-x/raw", {.key = reader}));
  EXPECT_EQ(raw.at("content").as_string(), "# Together\n\nfirst line, longer\n\nlast line, longer\n");
  const auto page = ApiForTest::json(api.get("/api/projects/demo/specs/002-x/history", {.key = reader}));
  const auto& newest = page.at("versions").at(0);
  const auto& side = page.at("versions").at(1);
  EXPECT_EQ(newest.at("secondParent"), side.at("version"));
  EXPECT_EQ(side.at("kind"), "side");
  EXPECT_TRUE(side.at("held").is_null());

  const auto other = api.push("demo", "002-x/README.md", "# Together\n\nnothing in common\n", base, document);
  EXPECT_EQ(other.outcome, wire::PushOutcome::held);
  const auto again = ApiForTest::json(api.get("/api/projects/demo/specs/002-x/history", {.key = reader}));
  EXPECT_EQ(again.at("versions").at(0).at("held").as_string(), other.why);
}

TEST_F(Api, history_lists_versions_newest_first_in_pages) {
  auto last = *api.push("demo", "002-x/README.md", "# 0\n").head_version;
  const auto head = api.views.head_at_path(api.branches["demo"], "002-x/README.md");
  for (int i = 1; i <= 4; ++i) {
    last = *api.push("demo", "002-x/README.md", "# " + std::to_string(i) + "\n", last, (*head)->document).head_version;
  }
  std::vector<std::int64_t> sequence;
  std::string cursor;
  do {
    const auto page = ApiForTest::json(api.get("/api/projects/demo/specs/002-x/history?limit=2&cursor=" + cursor, {.key = reader}));
    for (const auto& version : page.at("versions").as_array()) sequence.push_back(version.at("seq").to_number<std::int64_t>());
    cursor = page.at("nextCursor").is_null() ? "" : std::string(page.at("nextCursor").as_string());
  } while (!cursor.empty());
  const std::vector<std::int64_t> expected = {6, 5, 4, 3, 2};
  EXPECT_EQ(sequence, expected);
}

TEST_F(Api, a_key_can_be_made_rotated_and_revoked_and_its_secret_is_shown_once) {
  const auto made = ApiForTest::json(api.ask(Method::post, "/api/keys", R"({"name":"ci","scopes":["specs:read"]})", {.cookie = administrator}));
  const std::string secret(made.at("secret").as_string());
  EXPECT_EQ(api.get("/api/projects/demo/specs", {.key = secret}).status, 200U);
  const auto list = api.get("/api/keys", {.cookie = administrator});
  EXPECT_EQ(list.body->find(secret), std::string::npos);

  const std::string id = std::to_string(made.at("key").at("id").to_number<std::int64_t>());
  const auto rotated = ApiForTest::json(api.ask(Method::post, "/api/keys/" + id + "/rotate", "", {.cookie = administrator}));
  EXPECT_EQ(api.get("/api/projects/demo/specs", {.key = std::string(rotated.at("secret").as_string())}).status, 200U);
  EXPECT_EQ(api.get("/api/projects/demo/specs", {.key = secret}).status, 200U) << "the old one overlaps";
  EXPECT_EQ(api.ask(Method::del, "/api/keys/" + id, "", {.cookie = administrator}).status, 204U);
  EXPECT_EQ(api.get("/api/projects/demo/specs", {.key = secret}).status, 401U);
}

TEST_F(Api, a_person_sees_and_revokes_only_the_keys_that_they_made) {
  const auto made = ApiForTest::json(api.ask(Method::post, "/api/keys", R"({"name":"mine","scopes":["specs:read"]})", {.cookie = stranger}));
  const std::string id = std::to_string(made.at("key").at("id").to_number<std::int64_t>());
  const auto third = api.sign_in("eve", false);
  EXPECT_EQ(ApiForTest::json(api.get("/api/keys", {.cookie = stranger})).at("total").to_number<int>(), 1);
  EXPECT_EQ(ApiForTest::json(api.get("/api/keys", {.cookie = third})).at("total").to_number<int>(), 0);
  EXPECT_EQ(api.ask(Method::del, "/api/keys/" + id, "", {.cookie = third}).status, 404U);
  EXPECT_EQ(api.ask(Method::post, "/api/keys/" + id + "/rotate", "", {.cookie = third}).status, 404U);
  EXPECT_EQ(api.ask(Method::del, "/api/keys/" + id, "", {.cookie = administrator}).status, 204U);
}

// H06
TEST_F(Api, what_a_key_or_a_person_may_not_do_is_in_the_audit_log_and_a_flood_of_it_is_not) {
  const auto audited = [&](std::size_t count) {
    std::vector<store::AuditEntry> entries;
    while (entries.size() < count) {  // workers write it down
      EXPECT_TRUE(api.store.read([&](store::Session& session) -> Status {
        LEANSPEC_ASSIGN(entries, session.accounts().audit(100));
        return {};
      }));
    }
    return entries;
  };
  EXPECT_EQ(api.get("/api/projects/demo/specs", {.key = other_reader}).status, 404U);
  EXPECT_EQ(audited(1).front().action, "refuse specs:read");
  EXPECT_EQ(audited(1).front().subject, "demo");
  EXPECT_TRUE(audited(1).front().actor.starts_with("key:"));
  EXPECT_EQ(api.get("/api/projects/demo/specs", {.cookie = stranger}).status, 404U);
  EXPECT_EQ(audited(2).size(), 2U);
  for (int number = 0; number < 50; ++number) EXPECT_EQ(api.get("/api/projects/demo/specs", {.key = other_reader}).status, 404U);
  EXPECT_EQ(audited(11).size(), 11U) << "ten of the key, one of the person";
  EXPECT_EQ(api.get("/api/projects/demo/specs", {}).status, 401U);
  EXPECT_EQ(audited(11).size(), 11U) << "nobody is nobody";
}

TEST_F(Api, guessing_keys_is_slowed_down) {
  unsigned last = 0;
  for (int i = 0; i < 30 && last != 429; ++i) last = api.get("/api/projects", {.key = "lsk_wrong", .address = "10.1.2.3"}).status;
  EXPECT_EQ(last, 429U);
  EXPECT_EQ(api.get("/api/projects", {.key = reader, .address = "10.1.2.4"}).status, 200U) << "others are not";
}

TEST_F(Api, a_failed_disk_is_told_and_reading_what_is_in_memory_goes_on) {
  ASSERT_EQ(api.get("/api/projects/demo/specs", {.key = reader}).status, 200U);
  api.store.outage = Error(ErrorCode::io, "the disk is gone");
  EXPECT_EQ(api.get("/health/ready", {}).status, 503U);
  EXPECT_EQ(api.get("/health/live", {}).status, 200U);
  EXPECT_EQ(api.get("/api/projects/demo/specs", {.key = reader}).status, 200U);
  api.store.outage.reset();
  EXPECT_EQ(api.get("/health/ready", {}).status, 200U);
}

TEST_F(Api, hostile_bodies_are_refused_in_words) {
  for (const char* body : {"", "{", "[]", "null", R"({"name":1})", R"({"name":"x","scopes":"everything"})", R"({"name":"x","scopes":[]})"}) {
    const auto response = api.ask(Method::post, "/api/keys", body, {.cookie = administrator});
    EXPECT_EQ(response.status, 422U) << body;
    EXPECT_FALSE(ApiForTest::json(response).at("message").as_string().empty()) << body;
  }
}

}  // namespace
}  // namespace leanspec::hub::api
