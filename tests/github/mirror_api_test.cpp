#include "tests/github/mirror_api_for_test.h"

namespace leanspec::hub::api {
namespace {

using net::Method;
namespace json = boost::json;

class MirrorApi : public MirrorApiForTest {};

TEST_F(MirrorApi, a_repository_is_looked_at_before_it_is_added) {
  const auto preview = ask(Method::post, "/api/mirrors/preview", {{"repository", repository()}});
  ASSERT_EQ(preview.status, 200U) << *preview.body;
  const auto shown = ApiForTest::json(preview);
  EXPECT_EQ(shown.at("specs").to_number<int>(), 2);
  EXPECT_EQ(shown.at("folder"), "specs");
  EXPECT_EQ(shown.at("branch"), "main");
  EXPECT_EQ(shown.at("specNames").at(0), "001-first");
  EXPECT_EQ(get("/api/mirrors").at("total").to_number<int>(), 0);
}

TEST_F(MirrorApi, the_folder_is_the_one_that_the_configuration_names) {
  git.commit({{".lean-spec/config.json", R"({"specsDir":"docs/plans"})"}, {"docs/plans/001-x/README.md", "# X\n"}});
  const auto shown = ApiForTest::json(ask(Method::post, "/api/mirrors/preview", {{"repository", repository()}}));
  EXPECT_EQ(shown.at("folder"), "docs/plans");
}

TEST_F(MirrorApi, an_added_repository_is_a_project_like_any_other) {
  add();
  EXPECT_EQ(specs(), 2U);
  const auto mirror = get("/api/projects/specs/mirror");
  EXPECT_EQ(mirror.at("repository"), "ada/specs");
  EXPECT_EQ(mirror.at("commit").as_string(), *git.resolve("HEAD"));
  EXPECT_FALSE(mirror.at("hasToken").as_bool());
  const auto& sync = mirror.at("syncs").at(0).as_object();
  EXPECT_EQ(sync.at("cause"), "import");
  EXPECT_EQ(sync.at("outcome"), "synced");
  EXPECT_EQ(sync.at("added").to_number<int>(), 2);
  EXPECT_EQ(get("/api/projects/specs").at("project").at("source"), "github");
  EXPECT_EQ(ask(Method::post, "/api/mirrors", {{"repository", repository()}}).status, 409U);
}

TEST_F(MirrorApi, what_cannot_be_mirrored_is_refused_in_words_and_makes_no_project) {
  forge.host("ada/empty");
  forge.host("ada/code").git.commit({{"main.c", "x"}});
  forge.host("ada/plain").git.commit({{"specs/notes.md", "x"}});
  for (const auto& [body, status] :
       std::vector<std::pair<json::object, unsigned>>{{{{"repository", "not a repository"}}, 422},
                                                      {{{"repository", repository("ada/nowhere")}}, 404},
                                                      {{{"repository", repository("ada/empty")}}, 404},
                                                      {{{"repository", repository("ada/code")}}, 404},
                                                      {{{"repository", repository("ada/plain")}}, 404},
                                                      {{{"repository", repository()}, {"branch", "nowhere"}}, 404},
                                                      {{{"repository", repository()}, {"branch", "a..b"}}, 422},
                                                      {{{"repository", repository()}, {"folder", "../etc"}}, 422},
                                                      {{{"repository", repository()}, {"folder", "nowhere"}}, 404},
                                                      {{{"repository", repository()}, {"token", "revoked"}}, 422},
                                                      {{{"repository", "https://127.0.0.2/a/b"}}, 422},
                                                      {{{"repository", "https://localhost/a/b"}}, 422},
                                                      {{{"repository", "http://169.254.169.254/a/b"}}, 422}}) {
    for (const char* target : {"/api/mirrors/preview", "/api/mirrors"}) {
      const auto response = ask(Method::post, target, body);
      EXPECT_EQ(response.status, status) << json::serialize(body) << " " << *response.body;
    }
  }
  EXPECT_EQ(get("/api/projects").at("total").to_number<int>(), 0);
}

TEST_F(MirrorApi, a_mirror_is_read_only_and_says_where_to_change_it) {
  add();
  const auto response = ask(Method::patch, "/api/projects/specs/specs/001-first/metadata", {{"status", "complete"}});
  EXPECT_EQ(response.status, 409U) << *response.body;
  EXPECT_NE(response.body->find("mirrors a repository"), std::string::npos) << *response.body;
  EXPECT_EQ(get("/api/projects/specs/mirror").at("state"), "synced");
}

TEST_F(MirrorApi, a_push_at_the_forge_arrives_by_webhook_and_only_what_changed_is_fetched) {
  add();
  forge.forget_seen();
  git.commit({{"specs/003-third/README.md", "# Third\n"}});
  const auto sent = send("push", "d-1", push_message());
  EXPECT_EQ(sent.status, 202U) << sent.body;
  ASSERT_TRUE(until([&] { return specs() == 3; }));
  EXPECT_EQ(forge.count("/git/blobs/"), 1U);
  ASSERT_TRUE(until([&] { return delivery("d-1").at("settled").as_bool(); }));
  EXPECT_EQ(delivery("d-1").at("outcome"), "synced, 1 files changed");
}

TEST_F(MirrorApi, a_webhook_that_comes_twice_has_its_effect_once_and_one_whose_sync_failed_again) {
  add();
  forge.next_for("/git/ref/", {503, {}, "", std::string::npos, {}});
  EXPECT_EQ(send("push", "d-1", push_message()).status, 202U);
  ASSERT_TRUE(until([&] { return delivery("d-1").at("outcome").as_string().starts_with("the sync failed"); }));
  EXPECT_FALSE(delivery("d-1").at("settled").as_bool());
  EXPECT_EQ(send("push", "d-1", push_message()).status, 202U);
  ASSERT_TRUE(until([&] { return delivery("d-1").at("settled").as_bool(); }));
  ASSERT_TRUE(until([&] { return !service->activity(ProjectId{"specs"}).running; }));
  forge.forget_seen();
  EXPECT_NE(send("push", "d-1", push_message()).body.find("already"), std::string::npos);
  EXPECT_TRUE(forge.seen().empty());
}

TEST_F(MirrorApi, forged_foreign_and_misshapen_messages_are_refused_and_other_events_heard_politely) {
  add();
  ASSERT_TRUE(until([&] { return !service->activity(ProjectId{"specs"}).running; }));
  forge.forget_seen();
  EXPECT_EQ(send("push", "d-1", push_message(), "wrong").status, 401U);
  EXPECT_EQ(send("push", "d-2", "no json").status, 422U);
  EXPECT_EQ(send("push", "d-3", R"({"ref":"refs/heads/main","repository":{"id":5}})").status, 422U);
  EXPECT_EQ(send("push", "", push_message()).status, 422U);
  EXPECT_EQ(send("star", "d-4", R"({"action":"created"})").status, 202U);
  EXPECT_EQ(send("ping", "d-5", R"({"zen":"Design for failure."})").status, 202U);
  EXPECT_EQ(send("push", "d-6", push_message("refs/heads/other")).status, 202U);
  EXPECT_EQ(api.ask(Method::post, "/api/webhooks/nowhere", "{}", {}).status, 401U);
  EXPECT_TRUE(forge.seen().empty());
  EXPECT_TRUE(delivery("d-5").at("settled").as_bool());
}

TEST_F(MirrorApi, a_paused_mirror_rests_until_it_goes_on) {
  add();
  ASSERT_EQ(ask(Method::patch, "/api/projects/specs/mirror", {{"paused", true}}).status, 200U);
  EXPECT_EQ(get("/api/projects/specs/mirror").at("state"), "paused");
  EXPECT_TRUE(get("/api/projects/specs/mirror").at("nextSyncAt").is_null());
  EXPECT_EQ(ask(Method::post, "/api/projects/specs/mirror/sync").status, 409U);
  git.commit({{"specs/003-third/README.md", "# Third\n"}});
  EXPECT_EQ(send("push", "d-1", push_message()).status, 202U);
  ASSERT_EQ(ask(Method::patch, "/api/projects/specs/mirror", {{"paused", false}, {"intervalMinutes", 5}}).status, 200U);
  EXPECT_TRUE(until([&] { return specs() == 3; }));
  EXPECT_EQ(get("/api/projects/specs/mirror").at("intervalMinutes").to_number<int>(), 5);
  EXPECT_EQ(ask(Method::patch, "/api/projects/specs/mirror", {{"intervalMinutes", 4}}).status, 422U);
}

TEST_F(MirrorApi, the_button_works_once_in_half_a_minute_and_the_schedule_by_itself) {
  add();
  EXPECT_EQ(ask(Method::post, "/api/projects/specs/mirror/sync").status, 429U);
  api.clock.advance(std::chrono::seconds(31));
  git.commit({{"specs/003-third/README.md", "# Third\n"}});
  EXPECT_EQ(ask(Method::post, "/api/projects/specs/mirror/sync").status, 202U);
  EXPECT_TRUE(until([&] { return specs() == 3; }));
}

TEST_F(MirrorApi, an_outside_scheduler_asks_with_its_secret) {
  add();
  Asked asked;
  EXPECT_EQ(api.ask(Method::get, "/api/cron/sync", {}, asked).status, 401U);
  asked.headers = {{"Authorization", "Bearer wrong"}};
  EXPECT_EQ(api.ask(Method::get, "/api/cron/sync", {}, asked).status, 401U);
  asked.headers = {{"Authorization", "Bearer cron-secret"}};
  EXPECT_EQ(ApiForTest::json(api.ask(Method::get, "/api/cron/sync", {}, asked)).at("asked").to_number<int>(), 0);
  api.clock.advance(std::chrono::minutes(6));
  git.commit({{"specs/003-third/README.md", "# Third\n"}});
  EXPECT_EQ(ApiForTest::json(api.ask(Method::get, "/api/cron/sync", {}, asked)).at("asked").to_number<int>(), 1);
  EXPECT_TRUE(until([&] { return specs() == 3; }));
}

TEST_F(MirrorApi, a_forge_that_is_down_leaves_the_old_specs_and_a_clear_state) {
  add();
  api.clock.advance(std::chrono::minutes(1));
  git.commit({{"specs/001-first/README.md", "# Changed\n"}});
  forge.next_for("/git/ref/", {502, {}, "", std::string::npos, {}});
  EXPECT_EQ(ask(Method::post, "/api/projects/specs/mirror/sync").status, 202U);
  ASSERT_TRUE(until_state("failing"));
  const auto mirror = get("/api/projects/specs/mirror");
  EXPECT_EQ(mirror.at("problemKind"), "unavailable");
  EXPECT_EQ(mirror.at("failures").to_number<int>(), 1);
  EXPECT_EQ(mirror.at("syncs").at(0).at("outcome"), "failed");
  EXPECT_EQ(specs(), 2U);
}

TEST_F(MirrorApi, a_token_is_sealed_in_the_store_and_shown_to_nobody) {
  forge.host("ada/private");
  auto& hosted = forge.host("ada/private");
  hosted.git.commit({{"specs/001-x/README.md", "# X\n"}});
  hosted.hidden = true;
  hosted.tokens = {"ghp_verysecret"};
  EXPECT_EQ(ask(Method::post, "/api/mirrors", {{"repository", repository("ada/private")}}).status, 404U);
  const auto added =
      ask(Method::post, "/api/mirrors", {{"repository", repository("ada/private")}, {"token", "ghp_verysecret"}});
  ASSERT_EQ(added.status, 201U) << *added.body;
  ASSERT_TRUE(until([&] { return get("/api/projects/private/mirror").at("state") == "synced"; }));
  EXPECT_TRUE(get("/api/projects/private/mirror").at("hasToken").as_bool());
  for (const char* target : {"/api/mirrors", "/api/projects/private/mirror", "/api/projects/private/mirror/webhook"})
    EXPECT_EQ(ask(Method::get, target).body->find("ghp_verysecret"), std::string::npos);
  const auto tables = api.store.backup();
  EXPECT_EQ(tables.mirrors.at(ProjectId{"private"}).mirror.sealed_token.find("ghp_verysecret"), std::string::npos);
}

TEST_F(MirrorApi, the_hubs_own_token_for_github_is_shown_to_no_other_host_and_used_for_nobody_else) {
  auto& hosted = forge.host("ada/private");
  hosted.git.commit({{"specs/001-x/README.md", "# X\n"}});
  hosted.hidden = true;
  hosted.tokens = {"ghp_of_the_hub"};
  EXPECT_EQ(ask(Method::post, "/api/mirrors", {{"repository", repository("ada/private")}}).status, 404U)
      << "an administrator's request, and the token would open it";
  EXPECT_EQ(ask(Method::post, "/api/mirrors/preview", {{"repository", repository("ada/private")}}).status, 404U);
  add();
  EXPECT_FALSE(get("/api/projects/specs/mirror").at("hasToken").as_bool());
}

TEST_F(MirrorApi, a_renamed_repository_goes_on_under_its_new_name) {
  add();
  api.clock.advance(std::chrono::minutes(1));
  git.commit({{"specs/003-third/README.md", "# Third\n"}});
  forge.rename("ada/specs", "ada/plans");
  EXPECT_EQ(ask(Method::post, "/api/projects/specs/mirror/sync").status, 202U);
  EXPECT_TRUE(until([&] { return specs() == 3; }));
  EXPECT_TRUE(until([&] { return get("/api/projects/specs/mirror").at("repository") == "ada/plans"; }));
}

TEST_F(MirrorApi, a_removed_mirror_leaves_an_ordinary_project_behind) {
  add();
  EXPECT_EQ(ask(Method::del, "/api/projects/specs/mirror").status, 204U);
  EXPECT_EQ(ask(Method::get, "/api/projects/specs/mirror").status, 404U);
  EXPECT_EQ(specs(), 2U);
  EXPECT_EQ(ask(Method::patch, "/api/projects/specs/specs/001-first/metadata", {{"status", "complete"}}).status, 200U);
}

TEST_F(MirrorApi, a_mirror_that_was_made_public_is_read_by_anyone_and_changed_by_nobody_by_that) {
  add();
  forge.host("ada/other").git.commit({{"specs/001-x/README.md", "# X\n"}});
  ASSERT_EQ(ask(Method::post, "/api/mirrors", {{"repository", repository("ada/other")}}).status, 201U);
  ASSERT_TRUE(until([&] { return get("/api/projects/other/mirror").at("state") == "synced"; }));
  Asked stranger;
  stranger.cookie = api.sign_in("eve", false);
  Asked key;
  key.key = api.make_key({access::Scope::specs_read}, ProjectId{"other"});
  const auto reads = [&](const Asked& who) { return api.get("/api/projects/specs/specs", who).status; };
  EXPECT_EQ(reads({}), 401U);
  EXPECT_EQ(api.get("/api/projects", {}).status, 401U);
  EXPECT_EQ(reads(stranger), 404U);
  EXPECT_FALSE(get("/api/projects/specs/mirror").at("public").as_bool()) << "off by default";

  ASSERT_EQ(ask(Method::patch, "/api/projects/specs/mirror", {{"public", true}}).status, 200U);
  EXPECT_EQ(reads({}), 200U);
  EXPECT_EQ(reads(stranger), 200U);
  EXPECT_EQ(reads(key), 404U) << "a key is for what it was made for";
  EXPECT_TRUE(ApiForTest::json(api.get("/api/session", {})).at("publicReading").as_bool());
  EXPECT_EQ(ApiForTest::json(api.get("/api/projects", {})).at("total").to_number<int>(), 1);
  EXPECT_EQ(ApiForTest::json(api.get("/api/mirrors", {})).at("total").to_number<int>(), 1);
  EXPECT_EQ(api.get("/api/projects/specs/specs/001-first", {}).status, 200U);
  EXPECT_EQ(api.get("/api/projects/other/specs", {}).status, 401U);
  EXPECT_EQ(api.get("/api/projects/specs/mirror/webhook", {}).status, 401U);
  EXPECT_EQ(api.get("/api/machines", {}).status, 401U);
  EXPECT_EQ(api.ask(Method::post, "/api/projects/specs/mirror/sync", {}, {}).status, 401U);
  EXPECT_EQ(api.ask(Method::post, "/api/projects/specs/mirror/sync", {}, stranger).status, 404U);
  EXPECT_EQ(api.ask(Method::patch, "/api/projects/specs/mirror", R"({"public":false})", {}).status, 401U);

  ASSERT_EQ(ask(Method::patch, "/api/projects/specs/mirror", {{"public", false}}).status, 200U);
  EXPECT_EQ(reads({}), 401U);
  ASSERT_EQ(ask(Method::patch, "/api/projects/specs/mirror", {{"public", true}}).status, 200U);
  ASSERT_EQ(ask(Method::del, "/api/projects/specs/mirror").status, 204U);
  EXPECT_EQ(reads({}), 401U) << "a project of people is not public because it was a mirror";
}

TEST_F(MirrorApi, one_list_says_of_every_mirror_how_its_last_sync_went_and_when_the_next_is) {
  add();
  const auto mirror = get("/api/mirrors").at("mirrors").at(0).as_object();
  EXPECT_EQ(mirror.at("lastSync").at("added").to_number<int>(), 2);
  EXPECT_GT(mirror.at("lastSync").at("requests").to_number<int>(), 0);
  EXPECT_TRUE(mirror.at("nextSyncAt").is_string());
  EXPECT_EQ(mirror.at("budget").at("limit").to_number<int>(), 5000);
}

TEST_F(MirrorApi, people_see_the_mirrors_of_their_projects_and_change_only_their_own) {
  add();
  Asked stranger;
  stranger.cookie = api.sign_in("eve", false);
  EXPECT_EQ(ApiForTest::json(api.get("/api/mirrors", stranger)).at("total").to_number<int>(), 0);
  EXPECT_EQ(api.get("/api/projects/specs/mirror", stranger).status, 404U);
  EXPECT_EQ(api.get("/api/projects/specs/mirror/webhook", stranger).status, 404U);
  EXPECT_EQ(api.ask(Method::del, "/api/projects/specs/mirror", {}, stranger).status, 404U);
  Asked reader;
  reader.key = api.make_key({access::Scope::specs_read}, ProjectId{"specs"});
  EXPECT_EQ(api.get("/api/projects/specs/mirror", reader).status, 200U);
  EXPECT_EQ(api.get("/api/projects/specs/mirror/webhook", reader).status, 403U);
  EXPECT_EQ(api.ask(Method::post, "/api/projects/specs/mirror/sync", {}, reader).status, 403U);
  EXPECT_EQ(api.ask(Method::post, "/api/mirrors", R"({"repository":"a/b"})", reader).status, 403U);
}

}  // namespace
}  // namespace leanspec::hub::api
