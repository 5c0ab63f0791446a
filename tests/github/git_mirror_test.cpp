#include "tests/github/git_server.h"
#include "tests/github/mirror_api_for_test.h"

namespace leanspec::hub::api {
namespace {

using net::Method;
namespace json = boost::json;

/// Mirrors of repositories at servers that speak git and nothing else.
class GitMirrors : public MirrorApiForTest {
 protected:
  GitMirrors() : plain(server.host("team/plans.git")) {
    plain.commit({{"specs/001-first/README.md", "---\nstatus: planned\ncreated: 2026-01-02\n---\n# First\n"},
                  {"specs/002-second/README.md", "# Second\n"},
                  {"code/main.c", "x"}});
  }
  void add_plain() {
    const auto added = ask(Method::post, "/api/mirrors", {{"repository", server.url() + "/team/plans.git"}});
    ASSERT_EQ(added.status, 201U) << *added.body;
    ASSERT_TRUE(until([&] { return mirror().at("state") == "synced" && rests(); }));
  }
  json::object mirror() { return get("/api/projects/plans/mirror"); }
  json::object newest_sync() { return mirror().at("syncs").at(0).as_object(); }
  std::int64_t plans() { return get("/api/projects/plans/specs").at("total").to_number<std::int64_t>(); }
  bool rests() {
    const auto activity = service->activity(ProjectId{"plans"});
    return !activity.running && !activity.waiting;
  }
  void press() {
    api.clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(ask(Method::post, "/api/projects/plans/mirror/sync").status, 202U);
    EXPECT_TRUE(until([&] { return rests(); }));
  }

  github_rig::GitServer server;
  github_rig::GitRepository& plain;
};

TEST_F(GitMirrors, that_an_address_leads_to_git_alone_is_found_out) {
  const auto preview =
      ApiForTest::json(ask(Method::post, "/api/mirrors/preview", {{"repository", server.url() + "/team/plans.git"}}));
  EXPECT_EQ(preview.at("provider"), "git");
  EXPECT_EQ(preview.at("specs").to_number<int>(), 2);
  EXPECT_TRUE(preview.at("bytes").is_null()) << "git names no sizes before it sends the files";
  add_plain();
  EXPECT_EQ(mirror().at("provider"), "git");
  EXPECT_EQ(get("/api/projects/plans").at("project").at("source"), "git");
  EXPECT_EQ(plans(), 2);
  EXPECT_EQ(ask(Method::post, "/api/mirrors", {{"repository", server.url() + "/team/plans.git"}}).status, 409U);
  EXPECT_EQ(ask(Method::post, "/api/mirrors", {{"repository", repository()}, {"provider", "git"}}).status, 404U);
  EXPECT_EQ(ask(Method::post, "/api/mirrors", {{"repository", repository()}, {"provider", "svn"}}).status, 422U);
}

TEST_F(GitMirrors, one_request_when_nothing_moved_and_three_for_any_change) {
  add_plain();
  press();
  EXPECT_EQ(newest_sync().at("outcome"), "unchanged");
  EXPECT_EQ(newest_sync().at("requests").to_number<int>(), 1);
  std::map<std::string, std::optional<std::string>> files{{"specs/002-second/README.md", std::nullopt}};
  for (int i = 100; i < 140; ++i)
    files["specs/" + std::to_string(i) + "-x/README.md"] = "# " + std::to_string(i) + "\n";
  plain.commit(files);
  press();
  EXPECT_EQ(newest_sync().at("requests").to_number<int>(), 3);
  EXPECT_EQ(newest_sync().at("added").to_number<int>(), 40);
  EXPECT_EQ(newest_sync().at("deleted").to_number<int>(), 1);
  EXPECT_EQ(plans(), 41);
}

TEST_F(GitMirrors, files_that_are_too_large_or_cannot_be_shown_are_skipped_and_listed) {
  plain.commit({{"specs/video.bin", std::string(std::size_t{9} * 1024 * 1024, 'v')},
                {"specs/003-\xFF/README.md", "# Strange\n"},
                {"specs/004-lfs/picture.png",
                 "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935\nsize 12345\n"}});
  plain.commit_symlink("specs/link", "001-first");
  add_plain();
  EXPECT_EQ(plans(), 2);
  EXPECT_EQ(mirror().at("skippedFiles").as_array().size(), 4U);
  plain.commit({{"specs/003-third/README.md", "# Third\n"}});
  press();
  EXPECT_EQ(plans(), 3);
  EXPECT_EQ(mirror().at("skippedFiles").as_array().size(), 4U);
}

TEST_F(GitMirrors, a_force_push_a_rename_and_a_removal_at_the_server_are_followed_or_said) {
  add_plain();
  plain.commit({{"specs/003-third/README.md", "# Third\n"}});
  press();
  EXPECT_EQ(plans(), 3);
  plain.go_back(1);
  plain.commit({{"specs/004-fourth/README.md", "# Fourth\n"}});
  press();
  EXPECT_EQ(ask(Method::get, "/api/projects/plans/specs/003-third").status, 404U);
  EXPECT_EQ(ask(Method::get, "/api/projects/plans/specs/004-fourth").status, 200U);
  server.rename("team/plans.git", "org/roadmap.git");
  press();
  EXPECT_EQ(mirror().at("repository"), "org/roadmap.git");
  server.remove("org/roadmap.git");
  press();
  EXPECT_EQ(mirror().at("state"), "failing");
  EXPECT_EQ(mirror().at("problemKind"), "not_found");
  EXPECT_EQ(plans(), 3) << "what was there is still shown";
}

TEST_F(GitMirrors, an_answer_that_is_cut_short_applies_nothing_and_the_next_one_all) {
  add_plain();
  plain.commit({{"specs/001-first/README.md", "# Changed\n"}, {"specs/003-third/README.md", "# Third\n"}});
  server.next({});
  server.next({0, {}, 60});
  press();
  EXPECT_EQ(mirror().at("state"), "failing");
  EXPECT_EQ(plans(), 2);
  EXPECT_EQ(get("/api/projects/plans/specs/001-first").at("title"), "First");
  press();
  EXPECT_EQ(plans(), 3);
  EXPECT_EQ(get("/api/projects/plans/specs/001-first").at("title"), "Changed");
}

TEST_F(GitMirrors, a_webhook_in_githubs_shape_as_other_forges_send_it_too_leads_to_a_sync) {
  add_plain();
  const std::string after = plain.commit({{"specs/003-third/README.md", "# Third\n"}});
  const std::string body =
      R"({"ref":"refs/heads/main","after":")" + after + R"(","repository":{"id":5,"full_name":"team/plans"}})";
  const std::string secret(get("/api/projects/plans/mirror/webhook").at("secret").as_string());
  Asked nobody;
  nobody.headers = {{"X-GitHub-Event", "push"},
                    {"X-GitHub-Delivery", "d-1"},
                    {"X-Hub-Signature-256", "sha256=" + to_hex(digest::hmac_sha256(secret, body))}};
  EXPECT_EQ(api.ask(Method::post, "/api/webhooks/plans", body, nobody).status, 202U);
  EXPECT_TRUE(until([&] { return plans() == 3; }));
}

TEST_F(GitMirrors, gitlabs_webhook_leads_to_a_sync_and_one_with_another_token_to_nothing) {
  add_plain();
  const std::string after = plain.commit({{"specs/003-third/README.md", "# Third\n"}});
  const std::string body = R"({"object_kind":"push","ref":"refs/heads/main","after":")" + after +
                           R"(","project":{"id":5,"path_with_namespace":"team/plans"}})";
  const std::string secret(get("/api/projects/plans/mirror/webhook").at("secret").as_string());
  const auto send = [&](const std::string& token) {
    Asked nobody;
    nobody.headers = {{"X-Gitlab-Event", "Push Hook"}, {"Idempotency-Key", "d-2"}, {"X-Gitlab-Token", token}};
    return api.ask(Method::post, "/api/webhooks/plans", body, nobody).status;
  };
  EXPECT_EQ(send("lsw_guess"), 401U);
  EXPECT_EQ(send(""), 401U);
  EXPECT_EQ(send(secret), 202U);
  EXPECT_TRUE(until([&] { return plans() == 3; }));
}

TEST_F(GitMirrors, a_message_reaches_the_mirror_whose_secret_it_proves_and_no_other) {
  add();
  add_plain();
  ASSERT_TRUE(until([&] { return !service->activity(ProjectId{"specs"}).running && rests(); }));
  const auto secret_of = [&](const std::string& project) {
    return std::string(get("/api/projects/" + project + "/mirror/webhook").at("secret").as_string());
  };
  const std::string ours = secret_of("plans");
  const std::string of_github = secret_of("specs");
  ASSERT_NE(ours, of_github);
  const auto heard = [&](const std::string& project) {
    return get("/api/projects/" + project + "/mirror/webhook").at("deliveries").as_array().size();
  };
  const auto send = [&](const std::string& project, const std::string& body, net::Headers headers) {
    Asked nobody;
    nobody.headers = std::move(headers);
    nobody.headers.emplace_back("Idempotency-Key", "d-" + project);
    return api.ask(Method::post, "/api/webhooks/" + project, body, nobody).status;
  };
  const std::string push = R"({"ref":"refs/heads/main","project":{"path_with_namespace":"team/plans"}})";
  const auto signature = [](const std::string& secret, const std::string& body) {
    return "sha256=" + to_hex(digest::hmac_sha256(secret, body));
  };
  const std::pair<std::string, std::string> gitlab{"X-Gitlab-Event", "Push Hook"};
  const std::pair<std::string, std::string> github{"X-GitHub-Event", "push"};
  forge.forget_seen();
  server.forget_seen();

  EXPECT_EQ(send("plans", push, {gitlab, {"X-Gitlab-Token", of_github}}), 401U) << "the secret of another mirror";
  EXPECT_EQ(send("specs", push_message(), {github, {"X-Hub-Signature-256", signature(ours, push_message())}}), 401U);
  EXPECT_EQ(send("specs", push_message(), {gitlab, {"X-Gitlab-Token", of_github}}), 401U) << "GitHub signs";
  EXPECT_EQ(send("specs", push_message(),
                 {github, {"X-Gitlab-Token", of_github}, {"X-Hub-Signature-256", signature(ours, push_message())}}),
            401U);
  EXPECT_EQ(send("plans", push, {gitlab, {"X-Gitlab-Token", ours}, {"X-Hub-Signature-256", signature("guess", push)}}),
            401U)
      << "a wrong signature is not made good by a token";
  EXPECT_EQ(heard("plans") + heard("specs"), 0U);
  EXPECT_TRUE(rests() && forge.seen().empty() && server.seen().empty());

  EXPECT_EQ(send("plans", push, {gitlab, {"X-Gitlab-Token", ours}}), 202U);
  EXPECT_EQ(send("specs", push_message(), {github, {"X-Hub-Signature-256", signature(of_github, push_message())}}), 202U);
  EXPECT_EQ(heard("plans"), 1U);
  EXPECT_EQ(heard("specs"), 1U);
}

}  // namespace
}  // namespace leanspec::hub::api
