#include "hub/serve/local_folder.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "hub/api/api_for_test.h"

namespace leanspec::hub::serve {
namespace {

namespace files = std::filesystem;
using net::Method;

constexpr const char* readme =
    "---\nstatus: planned  # by hand\ncreated: '2026-01-02'\n---\n\n# First\n\nOne.\n\nTwo.\n\nThree.\n";

class LocalFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (files::temp_directory_path() / "leanspec-local-XXXXXX").string();
    home = mkdtemp(name.data());
    specs = home / "demo/specs";
    files::create_directories(specs);
    administrator = api.sign_in("ada", true);
    save("001-first/README.md", readme);
    save("002-second/README.md", readme);
  }
  void TearDown() override {
    folder.reset();
    files::remove_all(home);
  }

  void save(const std::string& path, const std::string& text) {
    files::create_directories((specs / path).parent_path());
    std::ofstream(specs / path, std::ios::binary | std::ios::trunc) << text;
  }
  std::string on_disk(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(specs / path, std::ios::binary).rdbuf();
    return text.str();
  }
  void open() {
    folder.reset();
    auto opened = LocalFolder::open({specs.string(), "", std::chrono::seconds(60)}, services);
    ASSERT_TRUE(opened) << opened.error().sentence();
    folder = *std::move(opened);
  }
  void synchronise() {
    const Status done = folder->synchronise();
    EXPECT_TRUE(done) << done.error().sentence();
  }
  boost::json::object read(const std::string& rest) {
    return api::ApiForTest::json(api.get("/api/projects/demo" + rest, {.cookie = administrator}));
  }
  std::string raw(const std::string& spec) {
    return std::string(read("/specs/" + spec + "/raw").at("content").as_string());
  }
  unsigned patch(const std::string& spec, const std::string& body) {
    return api.ask(Method::patch, "/api/projects/demo/specs/" + spec + "/metadata", body, {.cookie = administrator})
        .status;
  }
  std::size_t versions(const std::string& spec) {
    return read("/specs/" + spec + "/history").at("versions").as_array().size();
  }

  api::ApiForTest api;
  api::WorkerPool workers{2, 1000};
  api::Services services{"1.2.3",    "test",      api.store,           api.views,         api.specs, api.feed,
                         api.roster, api.deltas, api.commits, api.directory,       api.authenticator, api.access_version,
                         api.rates,  workers,     api.clock,           api.entropy,       host::silent_log(),
                         api.ticks,  api.drains,  [] { return false; }};
  files::path home, specs;
  std::string administrator;
  std::unique_ptr<LocalFolder> folder;
};

TEST_F(LocalFolderTest, what_stands_in_the_folder_is_a_project) {
  open();
  EXPECT_EQ(folder->project().value(), "demo");
  EXPECT_EQ(read("").at("project").at("source"), "local");
  EXPECT_EQ(read("/specs").at("total").to_number<int>(), 2);
  EXPECT_EQ(raw("001-first"), readme);
}

TEST_F(LocalFolderTest, what_is_saved_renamed_and_deleted_there_happens_in_the_project) {
  open();
  save("001-first/README.md", std::string(readme) + "\nMore.\n");
  save("003-third/README.md", std::string(readme) + "\nThird.\n");
  files::rename(specs / "002-second", specs / "002-renamed");
  synchronise();
  EXPECT_EQ(raw("001-first"), std::string(readme) + "\nMore.\n");
  EXPECT_EQ(versions("002-renamed"), 2U);
  files::remove_all(specs / "003-third");
  synchronise();
  EXPECT_EQ(read("/specs").at("total").to_number<int>(), 2);
}

TEST_F(LocalFolderTest, an_edit_at_the_hub_changes_the_file_and_no_other_byte_of_it) {
  open();
  ASSERT_EQ(patch("001-first", R"({"priority":"high"})"), 200U);
  synchronise();
  EXPECT_EQ(on_disk("001-first/README.md"), raw("001-first"));
  EXPECT_NE(on_disk("001-first/README.md").find("status: planned  # by hand\n"), std::string::npos);
  EXPECT_NE(on_disk("001-first/README.md").find("priority: high\n"), std::string::npos);
  EXPECT_EQ(versions("001-first"), 2U);
  for (const auto& entry : files::recursive_directory_iterator(specs))
    EXPECT_FALSE(entry.path().filename().string().starts_with(".leanspec")) << entry.path();
}

TEST_F(LocalFolderTest, a_spec_that_is_made_at_the_hub_stands_in_the_folder) {
  open();
  ASSERT_EQ(api.ask(Method::post, "/api/projects/demo/specs", R"({"name":"004-new","title":"New"})",
                    {.cookie = administrator})
                .status,
            200U);
  synchronise();
  EXPECT_EQ(on_disk("004-new/README.md"), raw("004-new"));
}

TEST_F(LocalFolderTest, edits_here_and_there_at_once_are_merged) {
  open();
  ASSERT_EQ(patch("001-first", R"({"priority":"high"})"), 200U);
  std::string mine = readme;
  mine.replace(mine.find("Three."), 6, "Three, and four.");
  save("001-first/README.md", mine);
  synchronise();
  synchronise();
  for (const std::string& text : {on_disk("001-first/README.md"), raw("001-first")}) {
    EXPECT_NE(text.find("priority: high"), std::string::npos) << text;
    EXPECT_NE(text.find("Three, and four."), std::string::npos) << text;
  }
}

TEST_F(LocalFolderTest, what_cannot_be_merged_is_held_and_the_file_keeps_its_text) {
  open();
  const auto edit = [&](const std::string& word) {
    std::string text = readme;
    text.replace(text.find("Two."), 4, word);
    return text;
  };
  const boost::json::object body{{"content", edit("Here it is this.")}};
  ASSERT_EQ(api.ask(Method::put, "/api/projects/demo/specs/001-first/raw", boost::json::serialize(body),
                    {.cookie = administrator})
                .status,
            200U);
  save("001-first/README.md", edit("There it is that."));
  synchronise();
  synchronise();
  EXPECT_EQ(read("/held").at("total").to_number<int>(), 1);
  EXPECT_EQ(on_disk("001-first/README.md"), edit("There it is that."));
  EXPECT_EQ(raw("001-first"), edit("Here it is this."));
}

TEST_F(LocalFolderTest, after_a_restart_equal_texts_make_no_version_and_older_ones_are_brought_up_to_date) {
  open();
  save("001-first/README.md", std::string(readme) + "\nMore.\n");
  synchronise();
  open();
  EXPECT_EQ(versions("001-first"), 2U);
  EXPECT_EQ(versions("002-second"), 1U);
  folder.reset();
  ASSERT_EQ(patch("002-second", R"({"priority":"low"})"), 200U);
  open();
  EXPECT_EQ(on_disk("002-second/README.md"), raw("002-second"));
  EXPECT_EQ(versions("002-second"), 2U);
}

TEST_F(LocalFolderTest, a_folder_that_is_taken_away_is_still_shown_and_goes_on_when_it_is_back) {
  open();
  files::rename(specs, home / "away");
  EXPECT_FALSE(folder->synchronise());
  EXPECT_EQ(read("/specs").at("total").to_number<int>(), 2);
  files::rename(home / "away", specs);
  save("001-first/README.md", std::string(readme) + "\nBack.\n");
  synchronise();
  EXPECT_EQ(raw("001-first"), std::string(readme) + "\nBack.\n");
}

TEST_F(LocalFolderTest, a_project_of_the_same_name_that_comes_by_a_bridge_is_another_one) {
  api.add_project("demo");
  ASSERT_EQ(api.push("demo", "009-bridge/README.md", readme).outcome, wire::PushOutcome::accepted);
  open();
  EXPECT_EQ(folder->project().value(), "demo-local");
  EXPECT_EQ(read("/specs").at("total").to_number<int>(), 1);
  EXPECT_FALSE(files::exists(specs / "009-bridge"));
}

TEST_F(LocalFolderTest, who_saves_is_heard_without_being_asked) {
  open();
  std::mutex mutex;
  std::condition_variable heard;
  std::size_t hints = 0;
  const auto feed = api.feed.subscribe_all([&](const engine::Hint&) {
    const std::lock_guard lock(mutex);
    ++hints;
    heard.notify_all();
  });
  folder->start();
  save("005-new/README.md", readme);
  std::unique_lock lock(mutex);
  EXPECT_TRUE(heard.wait_for(lock, std::chrono::seconds(30), [&] { return hints > 0; }));
  lock.unlock();
  folder->stop();
  EXPECT_EQ(raw("005-new"), readme);
}

}  // namespace
}  // namespace leanspec::hub::serve
