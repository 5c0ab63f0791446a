#include <atomic>
#include <latch>

#include "tests/github/mirror_api_for_test.h"

namespace leanspec::hub::api {
namespace {

using net::Method;
namespace json = boost::json;

/// What a forge, and whoever speaks in its name, may do to a mirror: a clear state, the old specs still served, nothing
/// half applied.
class HostileMirrors : public MirrorApiForTest {
 protected:
  [[nodiscard]] json::object mirror() { return get("/api/projects/specs/mirror"); }
  [[nodiscard]] json::object newest_sync() { return mirror().at("syncs").at(0).as_object(); }
  bool rests() {
    return until([&] {
      const auto activity = service->activity(ProjectId{"specs"});
      return !activity.running && !activity.waiting;
    });
  }
  /// The button, with the half minute behind us that it asks for.
  void press() {
    api.clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(ask(Method::post, "/api/projects/specs/mirror/sync").status, 202U);
    EXPECT_TRUE(rests());
  }
  static github_rig::GitForge::Mood failing(unsigned status, std::string body = "{\"message\":\"Server Error\"}") {
    return {status, {}, std::move(body), std::string::npos, {}};
  }
};

TEST_F(HostileMirrors, five_thousand_specs_come_in_whole) {
  std::map<std::string, std::optional<std::string>> files;
  for (int i = 0; i < 5000; ++i) {
    const std::string number = std::to_string(10000 + i);
    // Fifty texts: the forge of the tests asks git for each, and git's name for a text is asked for once.
    files["specs/" + number + "-x/README.md"] = "---\nstatus: planned\n---\n# Text " + std::to_string(i % 50) + "\n";
  }
  git.commit(files);
  add();
  EXPECT_EQ(specs(), 5002U);
  EXPECT_EQ(newest_sync().at("added").to_number<int>(), 5002);
  EXPECT_EQ(forge.count("/git/blobs/"), 52U);
}

TEST_F(HostileMirrors, an_import_says_how_far_it_is_while_a_slow_forge_takes_its_time) {
  std::latch go_on{1};
  forge.next_for("/git/blobs/", {0, {}, "", std::string::npos, [&] {
                                   go_on.wait();
                                 }});
  EXPECT_EQ(ask(Method::post, "/api/mirrors", {{"repository", repository()}}).status, 201U);
  EXPECT_TRUE(until([&] {
    const auto shown = mirror();
    if (shown.at("progress").is_null()) return false;
    const auto& progress = shown.at("progress").as_object();
    return shown.at("state") == "importing" && progress.at("phase") == "fetching" &&
           progress.at("fetched").to_number<int>() == 1 && progress.at("toFetch").to_number<int>() == 2;
  }));
  EXPECT_EQ(specs(), 0U) << "half of a commit is never shown";
  go_on.count_down();
  EXPECT_TRUE(until_state("synced"));
  EXPECT_EQ(specs(), 2U);
}

TEST_F(HostileMirrors, broken_frontmatter_is_shown_with_its_findings_beside_the_others) {
  git.commit({{"specs/003-broken/README.md", "---\nstatus: [planned\n  x: : :\n---\n# Broken\n"},
              {"specs/004-bytes/README.md", std::string("# \xFF\xFE bytes\n\0\n", 12)}});
  add();
  EXPECT_EQ(specs(), 4U);
  const auto list = get("/api/projects/specs/specs");
  for (const auto& spec : list.at("specs").as_array()) {
    if (spec.at("specName").as_string() == "003-broken") EXPECT_FALSE(spec.at("findings").as_array().empty());
  }
  EXPECT_EQ(mirror().at("state"), "synced");
}

TEST_F(HostileMirrors, names_that_are_no_utf8_and_files_of_a_hundred_megabytes_are_left_out_and_listed) {
  git.commit({{"specs/003-\xFF\xFE/README.md", "# Strange\n"},
              {"specs/004-large/video.bin", std::string(std::size_t{100} * 1024 * 1024, 'x')},
              {"specs/004-large/README.md", "# Large\n"}});
  add();
  EXPECT_EQ(specs(), 3U);
  EXPECT_EQ(mirror().at("skippedFiles").as_array().size(), 2U);
  EXPECT_EQ(newest_sync().at("skipped").to_number<int>(), 2);
}

TEST_F(HostileMirrors, a_token_that_is_revoked_in_the_middle_leaves_what_was_there_and_a_new_one_goes_on) {
  add();
  git.commit({{"specs/001-first/README.md", "# Changed\n"}, {"specs/003-third/README.md", "# Third\n"}});
  forge.next_for("/git/blobs/", {});
  forge.next_for("/git/blobs/", failing(401, "{\"message\":\"Bad credentials\"}"));
  press();
  EXPECT_EQ(mirror().at("state"), "failing");
  EXPECT_EQ(mirror().at("problemKind"), "unauthenticated");
  EXPECT_EQ(specs(), 2U);
  EXPECT_NE(get("/api/projects/specs/specs/001-first").at("title"), "Changed");
  ASSERT_EQ(ask(Method::patch, "/api/projects/specs/mirror", {{"token", "new"}}).status, 200U);
  EXPECT_TRUE(until([&] { return specs() == 3; }));
  EXPECT_EQ(get("/api/projects/specs/specs/001-first").at("title"), "Changed");
  EXPECT_TRUE(rests());
  EXPECT_TRUE(mirror().at("problem").is_null());
}

TEST_F(HostileMirrors, a_forge_that_is_down_for_a_day_is_asked_ever_more_rarely_and_comes_back_by_itself) {
  add();
  git.commit({{"specs/003-third/README.md", "# Third\n"}});
  const auto begun = api.clock.now();
  std::size_t asked = 0;
  while (api.clock.now() < begun + std::chrono::hours(24)) {
    // What is due next; an empty change wakes the service, whose clock stands still between our steps.
    std::optional<store::Mirror> stored;
    ASSERT_TRUE(api.store.read([&](store::Session& session) -> Status {
      LEANSPEC_ASSIGN(stored, session.mirrors().find(ProjectId{"specs"}));
      return {};
    }));
    ASSERT_TRUE(stored && stored->next_sync_at);
    EXPECT_LE(*stored->next_sync_at - api.clock.now(), std::chrono::hours(6));
    const auto failures = stored->failures;
    forge.next(failing(503));
    api.clock.advance(std::max(std::chrono::milliseconds(1), *stored->next_sync_at - api.clock.now()));
    ASSERT_TRUE(service->change(ProjectId{"specs"}, {}));
    ASSERT_TRUE(until([&] { return mirror().at("failures").to_number<std::uint32_t>() == failures + 1; }));
    ASSERT_TRUE(rests());
    ++asked;
    EXPECT_EQ(specs(), 2U);
    EXPECT_EQ(mirror().at("state"), "failing");
  }
  EXPECT_GT(asked, 5U);
  EXPECT_LT(asked, 40U);
  api.clock.advance(std::chrono::hours(6));
  ASSERT_TRUE(service->change(ProjectId{"specs"}, {}));
  EXPECT_TRUE(until([&] { return specs() == 3; }));
  EXPECT_TRUE(rests());
  EXPECT_EQ(mirror().at("state"), "synced");
  EXPECT_EQ(mirror().at("failures").to_number<int>(), 0);
}

TEST_F(HostileMirrors, two_syncs_of_one_project_are_never_at_once_and_the_second_sees_the_newest) {
  add();
  git.commit({{"specs/003-third/README.md", "# Third\n"}});
  api.clock.advance(std::chrono::minutes(1));
  std::atomic<bool> inside = false;
  std::latch go_on{1};
  forge.next_for("/git/blobs/", {0, {}, "", std::string::npos, [&] {
                                   inside = true;
                                   go_on.wait();
                                 }});
  EXPECT_EQ(ask(Method::post, "/api/projects/specs/mirror/sync").status, 202U);
  ASSERT_TRUE(until([&] { return inside.load(); }));
  EXPECT_EQ(mirror().at("state"), "syncing");
  git.commit({{"specs/004-fourth/README.md", "# Fourth\n"}});
  EXPECT_EQ(send("push", "d-1", push_message()).status, 202U);
  EXPECT_EQ(ask(Method::post, "/api/projects/specs/mirror/sync").status, 202U);
  EXPECT_EQ(forge.count("/git/ref/"), 3U) << "the preview, the import and the first sync alone have asked";
  go_on.count_down();
  EXPECT_TRUE(until([&] { return specs() == 4; }));
  EXPECT_TRUE(rests());
  EXPECT_EQ(mirror().at("syncs").as_array().size(), 3U);
  EXPECT_TRUE(delivery("d-1").at("settled").as_bool());
}

TEST_F(HostileMirrors, messages_that_come_late_or_in_the_wrong_order_do_no_harm) {
  add();
  git.commit({{"specs/003-third/README.md", "# Third\n"}});
  git.commit({{"specs/003-third/README.md", std::nullopt}, {"specs/004-fourth/README.md", "# Fourth\n"}});
  EXPECT_EQ(send("push", "newer", push_message()).status, 202U);
  ASSERT_TRUE(until([&] { return ask(Method::get, "/api/projects/specs/specs/004-fourth").status == 200; }));
  ASSERT_TRUE(rests());
  EXPECT_EQ(send("push", "older", push_message()).status, 202U);
  ASSERT_TRUE(until([&] { return delivery("older").at("settled").as_bool(); }));
  EXPECT_EQ(delivery("older").at("outcome"), "nothing had changed");
  EXPECT_EQ(specs(), 3U);
}

TEST_F(HostileMirrors, a_commit_that_the_forge_announces_but_does_not_show_yet_is_asked_for_again_soon) {
  add();
  const std::string before = *git.resolve("HEAD");
  const std::string after = git.commit({{"specs/003-third/README.md", "# Third\n"}});
  const std::string old_answer = R"({"ref":"refs/heads/main","object":{"type":"commit","sha":")" + before + R"("}})";
  for (int i = 0; i < 3; ++i)
    forge.next_for("/git/ref/", {200, {{"ETag", "\"stale\""}}, old_answer, std::string::npos, {}});
  const std::string message = push_message();
  EXPECT_EQ(send("push", "d-1", message.substr(0, message.size() - 1) + R"(,"after":")" + after + "\"}").status, 202U);
  ASSERT_TRUE(until(
      [&] { return !mirror().at("syncs").as_array().empty() && rests() && newest_sync().at("cause") == "webhook"; }));
  EXPECT_EQ(delivery("d-1").at("outcome"), "the forge does not show this commit yet; it is asked again");
  EXPECT_FALSE(delivery("d-1").at("settled").as_bool());
  EXPECT_EQ(specs(), 2U);
  // One second, two and four: far from the hour until it would be looked again by itself.
  EXPECT_TRUE(until([&] {
    api.clock.advance(std::chrono::milliseconds(20));
    return specs() == 3;
  }));
  EXPECT_TRUE(rests());
  EXPECT_EQ(mirror().at("syncs").as_array().size(), 5U);
  EXPECT_EQ(delivery("d-1").at("outcome"), "synced, 1 files changed");
  EXPECT_TRUE(delivery("d-1").at("settled").as_bool());
}

TEST_F(HostileMirrors, a_delivery_can_have_its_effect_once_more) {
  add();
  ASSERT_TRUE(rests());
  const std::string again = "/api/projects/specs/mirror/webhook/deliveries/d-1/redeliver";
  EXPECT_EQ(ask(Method::post, again).status, 404U);
  EXPECT_EQ(send("push", "d-1", push_message()).status, 202U);
  ASSERT_TRUE(until([&] { return delivery("d-1").at("settled").as_bool(); }));
  git.commit({{"specs/003-third/README.md", "# Third\n"}});
  EXPECT_EQ(ask(Method::post, again).status, 202U);
  ASSERT_TRUE(until([&] { return specs() == 3; }));
  ASSERT_TRUE(until([&] { return delivery("d-1").at("settled").as_bool(); }));
  EXPECT_EQ(delivery("d-1").at("outcome"), "synced, 1 files changed");
  ASSERT_EQ(ask(Method::patch, "/api/projects/specs/mirror", {{"paused", true}}).status, 200U);
  EXPECT_EQ(ask(Method::post, again).status, 409U);
}

TEST_F(HostileMirrors, a_repository_that_is_hidden_force_pushed_or_deleted_is_followed_or_keeps_what_was_shown) {
  auto& hosted = forge.host("ada/plans");
  hosted.git.commit({{"specs/001-first/README.md", "# One\n"}});
  hosted.git.commit({{"specs/001-first/README.md", "# Two\n"}, {"specs/002-second/README.md", "# Second\n"}});
  ASSERT_EQ(ask(Method::post, "/api/mirrors", {{"repository", repository("ada/plans")}}).status, 201U);
  const auto plans = [&] { return get("/api/projects/plans/mirror"); };
  const auto looks = [&] {
    api.clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(ask(Method::post, "/api/projects/plans/mirror/sync").status, 202U);
    EXPECT_TRUE(until([&] {
      const auto activity = service->activity(ProjectId{"plans"});
      return !activity.running && !activity.waiting;
    }));
  };
  ASSERT_TRUE(until([&] { return plans().at("state") == "synced"; }));

  hosted.hidden = true;
  hosted.tokens = {"right"};
  looks();
  EXPECT_EQ(plans().at("problemKind"), "not_found");
  EXPECT_EQ(get("/api/projects/plans/specs").at("total").to_number<int>(), 2) << "what was there is still shown";
  ASSERT_EQ(ask(Method::patch, "/api/projects/plans/mirror", {{"token", "right"}}).status, 200U);
  ASSERT_TRUE(until([&] { return plans().at("state") == "synced"; }));

  hosted.git.go_back(1);
  looks();
  EXPECT_EQ(get("/api/projects/plans/specs").at("total").to_number<int>(), 1);
  EXPECT_EQ(get("/api/projects/plans/specs/001-first").at("title"), "One");

  forge.remove("ada/plans");
  looks();
  EXPECT_EQ(plans().at("state"), "failing");
  EXPECT_EQ(plans().at("problemKind"), "not_found");
  EXPECT_EQ(get("/api/projects/plans/specs/001-first").at("title"), "One");
}

TEST_F(HostileMirrors, a_hub_that_stops_in_the_middle_of_an_import_goes_on_with_it) {
  std::map<std::string, std::optional<std::string>> files;
  for (int i = 0; i < 60; ++i)
    files["specs/" + std::to_string(100 + i) + "-x/README.md"] = "# Spec " + std::to_string(i) + "\n";
  git.commit(files);
  std::atomic<bool> inside = false;
  for (int i = 0; i < 40; ++i) forge.next_for("/git/blobs/", {});
  forge.next_for("/git/blobs/", {0, {}, "", std::string::npos, [&] { inside = true; }});
  EXPECT_EQ(ask(Method::post, "/api/mirrors", {{"repository", repository()}}).status, 201U);
  ASSERT_TRUE(until([&] { return inside.load(); }));
  service->stop();
  const bool imported = specs() == 62;
  EXPECT_TRUE(imported || specs() == 0) << "all of a commit or nothing";
  mirrors::MirrorSettings settings;
  settings.allowed_hosts = {"127.0.0.1"};
  service = std::make_unique<mirrors::MirrorService>(
      api.store, api.clock, host::system_entropy(), host::silent_log(), settings,
      [this](engine::MirrorRevision revision) { return api.commits.revise(std::move(revision)); });
  api.use_mirrors(*service, "cron-secret");
  ASSERT_TRUE(service->start());
  EXPECT_TRUE(until([&] { return specs() == 62; }));
  EXPECT_LE(forge.count("/git/blobs/"), 62U + 12U) << "what had come is not fetched again";
}

}  // namespace
}  // namespace leanspec::hub::api
