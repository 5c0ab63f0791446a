#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "digest/hmac.h"
#include "host/entropy.h"
#include "hub/api/api_for_test.h"
#include "hub/mirrors/mirror_service.h"
#include "tests/github/git_forge.h"

namespace leanspec::hub::api {

/// Mirrors through the API of a hub: the routes, the service, its threads, the store, and a forge with real
/// repositories.
class MirrorApiForTest : public testing::Test {
 protected:
  MirrorApiForTest() : git(forge.host("ada/specs").git) {
    git.commit({{"specs/001-first/README.md", "---\nstatus: planned\ncreated: 2026-01-02\n---\n# First\n"},
                {"specs/002-second/README.md", "---\nstatus: complete\ncreated: 2026-01-03\n---\n# Second\n"},
                {"main.c", "int main(void) {}\n"}});
    mirrors::MirrorSettings settings;
    settings.allowed_hosts = {"127.0.0.1"};
    settings.github_token = "ghp_of_the_hub";
    service = std::make_unique<mirrors::MirrorService>(
        api.store, api.clock, host::system_entropy(), host::silent_log(), settings,
        [this](engine::MirrorRevision revision) { return api.commits.revise(std::move(revision)); });
    EXPECT_TRUE(service->start());
    api.use_mirrors(*service, "cron-secret");
    administrator.cookie = api.sign_in("ada", true);
  }
  ~MirrorApiForTest() override { service->stop(); }

  [[nodiscard]] std::string repository(const std::string& name = "ada/specs") const { return forge.url() + "/" + name; }
  net::Response ask(net::Method method, const std::string& target, const boost::json::object& body = {}) {
    return api.ask(method, target, body.empty() ? "" : boost::json::serialize(body), administrator);
  }
  boost::json::object get(const std::string& target) {
    const auto response = ask(net::Method::get, target);
    EXPECT_EQ(response.status, 200U) << *response.body;
    return ApiForTest::json(response);
  }
  /// Waits for what the threads of the service do.
  bool until(const std::function<bool()>& holds) {
    for (int i = 0; i < 6000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  bool until_state(const std::string& state) {
    return until([&] {
      const auto mirror = ApiForTest::json(ask(net::Method::get, "/api/projects/specs/mirror"));
      return mirror.contains("state") && mirror.at("state").as_string() == state &&
             !service->activity(ProjectId{"specs"}).waiting;
    });
  }
  void add() {
    const auto added = ask(net::Method::post, "/api/mirrors", {{"repository", repository()}});
    ASSERT_EQ(added.status, 201U) << *added.body;
    ASSERT_TRUE(until_state("synced"));
  }
  std::size_t specs() { return get("/api/projects/specs/specs").at("total").to_number<std::size_t>(); }

  struct Sent {
    unsigned status;
    std::string body;
  };
  Sent send(const std::string& event, const std::string& id, const std::string& body,
            std::optional<std::string> secret = {}) {
    if (!secret) secret = std::string(get("/api/projects/specs/mirror/webhook").at("secret").as_string());
    Asked nobody;
    nobody.headers = {{"X-GitHub-Event", event},
                      {"X-GitHub-Delivery", id},
                      {"X-Hub-Signature-256", "sha256=" + to_hex(digest::hmac_sha256(*secret, body))}};
    const auto response = api.ask(net::Method::post, "/api/webhooks/specs", body, nobody);
    return {response.status, *response.body};
  }
  std::string push_message(const std::string& ref = "refs/heads/main") {
    return R"({"ref":")" + ref + R"(","repository":{"id":1001,"full_name":"ada/specs"}})";
  }
  boost::json::object delivery(const std::string& id) {
    const auto webhook = get("/api/projects/specs/mirror/webhook");
    for (const auto& row : webhook.at("deliveries").as_array()) {
      if (row.at("id").as_string() == id) return row.as_object();
    }
    return {};
  }

  github_rig::GitForge forge;
  github_rig::GitRepository& git;
  ApiForTest api;
  std::unique_ptr<mirrors::MirrorService> service;
  Asked administrator;
};

}  // namespace leanspec::hub::api
