#include <boost/json/serialize.hpp>
#include <map>

#include "tests/e2e/site.h"
#include "tests/github/git_forge.h"

namespace leanspec::e2e {
namespace {

using testing::HasSubstr;
namespace json = boost::json;

/// One repository three times at one hub: brought by a bridge, read from a folder beside the hub, and mirrored.
class ThreeWays : public Site {
 protected:
  void SetUp() override {
    Site::SetUp();
    repository.hidden = true;
    repository.tokens = {"token-of-the-mirror"};
    repository.git.commit({{"specs/001-first/README.md", spec_text("First")}, {"specs/002-second/README.md", spec_text("Second")}});
    for (const std::filesystem::path& folder : {specs, local}) {
      save_in_place(folder / "001-first/README.md", spec_text("First"));
      save_in_place(folder / "002-second/README.md", spec_text("Second"));
    }
    hub.add_words({"--specs-dir", local.string(), "--allow-forge-host", "127.0.0.1"});
    SpawnOptions options;
    options.environment = {{"GITHUB_TOKEN", "token-of-the-hub"}, {"CRON_SECRET", "every hour"}, {"REVALIDATION_SECRET", "open sesame"}};
    hub.start_with(options);
    project = "bridged";  // the folder has taken the name that the repository has
    ASSERT_NO_FATAL_FAILURE(start_all());
    bridged = project;
    const HttpResponse added = ask("POST", "/api/mirrors", {{"repository", forge.url() + "/ada/demo"}, {"token", "token-of-the-mirror"}});
    ASSERT_EQ(added.status, 201) << added.body;
    mirrored = std::string(added.json().at("projectId").as_string());
    const json::value projects = get("/api/projects");
    for (const json::value& one : projects.at("projects").as_array()) {
      if (one.at("source") == "local") local_id = std::string(one.at("id").as_string());
    }
    ASSERT_TRUE(wait_until([&] { return total(bridged) == 2 && total(local_id) == 2 && total(mirrored) == 2; }));
  }

  [[nodiscard]] HttpResponse ask(std::string_view method, const std::string& path, const json::object& body = {}) const {
    return hub.client().request(method, path, json::serialize(body));
  }
  [[nodiscard]] json::value get(const std::string& path) const { return hub.client().get(path).json(); }
  [[nodiscard]] std::string at(const std::string& id, const std::string& rest = "") const {
    return "/api/projects/" + id + "/specs" + rest;
  }
  [[nodiscard]] std::int64_t total(const std::string& id) const {
    const json::value list = get(at(id));
    const auto* number = list.as_object().if_contains("total");
    return number == nullptr ? -1 : number->as_int64();
  }
  [[nodiscard]] std::int64_t found(const std::string& id, const std::string& words) const {
    return get("/api/projects/" + id + "/search?q=" + words).at("total").as_int64();
  }
  [[nodiscard]] std::map<std::string, std::int64_t> found_in_each(const std::string& words) const {
    std::map<std::string, std::int64_t> each;
    for (const std::string& id : {bridged, local_id, mirrored}) each[id] = found(id, words);
    return each;
  }
  using Each = std::map<std::string, std::int64_t>;

  github_rig::GitForge forge;
  github_rig::GitForge::Hosted& repository = forge.host("ada/demo");
  std::filesystem::path local = scratch / "beside/demo/specs";
  std::string bridged, local_id, mirrored;
};

TEST_F(ThreeWays, one_repository_as_folder_bridge_and_mirror_is_three_projects_and_nothing_crosses) {
  EXPECT_EQ(std::set<std::string>({bridged, local_id, mirrored}).size(), 3U);
  // An event of one is for those who follow that one; each stream is told of its own edit first.
  std::map<std::string, std::unique_ptr<EventStream>> streams;
  for (const std::string& id : {bridged, local_id, mirrored}) {
    streams[id] = std::make_unique<EventStream>(hub.url(), hub.key(), "/api/events?project=" + id);
    ASSERT_EQ(streams[id]->next()->name, "hello");
  }
  save("001-first/README.md", spec_text("First", "Walrus of the bridge.\n"));
  save_in_place(local / "001-first/README.md", spec_text("First", "Pelican of the folder.\n"));
  repository.git.commit({{"specs/001-first/README.md", spec_text("First", "Badger of the mirror.\n")}});
  ASSERT_EQ(HttpClient(hub.url(), "not that").get("/api/cron/sync").status, 401);
  // What was looked at a moment ago waits for the button; the scheduler's word is taken all the same.
  ASSERT_EQ(HttpClient(hub.url(), "every hour").get("/api/cron/sync").status, 202);
  ASSERT_TRUE(wait_until([&] {
    const int status = ask("POST", "/api/projects/" + mirrored + "/mirror/sync").status;
    return status == 202 || found(mirrored, "badger") == 1;
  }));
  ASSERT_TRUE(wait_until([&] { return found(bridged, "walrus") == 1 && found(local_id, "pelican") == 1 && found(mirrored, "badger") == 1; }));
  EXPECT_EQ(found_in_each("walrus"), (Each{{bridged, 1}, {local_id, 0}, {mirrored, 0}}));
  EXPECT_EQ(found_in_each("pelican"), (Each{{bridged, 0}, {local_id, 1}, {mirrored, 0}}));
  EXPECT_EQ(found_in_each("badger"), (Each{{bridged, 0}, {local_id, 0}, {mirrored, 1}}));
  for (auto& [id, stream] : streams) {
    for (;;) {
      const auto event = stream->next();
      ASSERT_TRUE(event) << id;
      if (event->name != "delta") continue;
      const json::value delta = event->json();
      for (const json::value& spec : delta.at("specs").as_array()) EXPECT_EQ(spec.at("projectId").as_string(), id);
      break;
    }
  }
  // Cache: the same question of three projects has three answers, each asked twice.
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(hub.client().get(at(bridged, "/001-first/raw")).body, HasSubstr("Walrus"));
    EXPECT_THAT(hub.client().get(at(local_id, "/001-first/raw")).body, HasSubstr("Pelican"));
    EXPECT_THAT(hub.client().get(at(mirrored, "/001-first/raw")).body, HasSubstr("Badger"));
  }
  // Without a project the folder is meant; revalidation looks at it and at nothing else.
  EXPECT_EQ(get("/api/specs").at("projectId").as_string(), local_id);
  const auto requests = forge.seen().size();
  EXPECT_EQ(HttpClient(hub.url(), "").post("/api/revalidate", R"({"secret":"open sesame"})").status, 200);
  EXPECT_EQ(forge.seen().size(), requests);
  for (const auto& seen : forge.seen()) EXPECT_NE(seen.token, "token-of-the-hub") << "it is for GitHub's own address alone";
}

TEST_F(ThreeWays, an_edit_goes_where_its_project_comes_from_and_a_mirror_takes_none) {
  const json::object high{{"priority", "high"}};
  const HttpResponse edited = ask("PATCH", at(local_id, "/001-first/metadata"), high);
  ASSERT_EQ(edited.status, 200) << edited.body;
  EXPECT_THAT(tests::read_file(local / "001-first/README.md"), HasSubstr("priority: high"));
  EXPECT_EQ(ask("PATCH", at(mirrored, "/001-first/metadata"), high).status, 409);
  EXPECT_EQ(on_disk("001-first/README.md"), spec_text("First"));
  EXPECT_EQ(get(at(bridged, "/001-first")).at("priority").as_string(), "medium");
  EXPECT_EQ(get(at(mirrored, "/001-first")).at("priority").as_string(), "medium");
}

TEST_F(ThreeWays, one_source_that_fails_leaves_the_others_as_they_are) {
  std::filesystem::rename(local, scratch / "away");
  const auto stale = [&](const std::string& id) { return get("/api/projects/" + id).at("project").at("stale"); };
  ASSERT_TRUE(wait_until([&] { return stale(local_id).is_object(); }));
  EXPECT_EQ(total(local_id), 2) << "what was there is still shown";
  EXPECT_TRUE(stale(bridged).is_null());
  EXPECT_TRUE(stale(mirrored).is_null());
  save("003-third/README.md", spec_text("Third"));
  EXPECT_TRUE(wait_until([&] { return total(bridged) == 3; }));
  repository.tokens.clear();  // the token is worth nothing any more
  ASSERT_TRUE(wait_until([&] {
    (void)ask("POST", "/api/projects/" + mirrored + "/mirror/sync");
    return stale(mirrored).is_object();
  }, std::chrono::seconds(90)));
  EXPECT_EQ(total(mirrored), 2);
  EXPECT_TRUE(stale(bridged).is_null());
}

}  // namespace
}  // namespace leanspec::e2e
