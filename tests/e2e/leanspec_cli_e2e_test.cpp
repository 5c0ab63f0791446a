// The published LeanSpec CLI edits on one machine while somebody edits by hand on another. Its `rel`, `deps` and
// `validate` are not there in this release (they say so themselves), so links are made by `create --depends-on`.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <thread>

#include "tests/e2e/leanspec_cli.h"
#include "tests/e2e/two_machines.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

class LeanspecCli : public TwoMachines {
 protected:
  void SetUp() override {
    TwoMachines::SetUp();
    program_ = leanspec_cli();
    if (!program_) GTEST_SKIP() << leanspec_cli_absent;
    cli({"init", "-y"});
    ASSERT_NO_FATAL_FAILURE(start_both());
  }

  /// On the desk.
  std::string cli(std::vector<std::string> words) const {
    words.insert(words.begin(), program_->string());
    SpawnOptions options;
    options.output_folder = scratch.path();
    options.name = "cli";
    options.working_folder = scratch / "demo";
    options.environment = {{"HOME", scratch.path().string()}};
    const Finished done = run_program(words, options);
    EXPECT_EQ(done.code, 0) << words[1] << ": " << done.output << done.errors;
    return done.output;
  }
  void meet() {
    ASSERT_TRUE(wait_until([&] { return state().live() && laptop.folder(there).live(); }));
    for (const auto& [one, folder] : {std::pair(&bridge, specs), std::pair(&laptop, there)}) {
      const Finished barrier = one->command({"flush", folder.string(), "--wait"});
      ASSERT_EQ(barrier.code, 0) << barrier.output << barrier.errors;
    }
    ASSERT_EQ(files_in(specs), files_in(there));
  }
  /// By hand, on the laptop: a file as an editor saves it, with one part replaced.
  void replace_there(const std::string& path, const std::string& from, const std::string& to) const {
    std::string text = tests::read_file(there / path);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << path << ":\n" << text;
    save_atomically(there / path, text.replace(at, from.size(), to));
  }
  /// What the CLI lists, and of the hub's list the same fields.
  [[nodiscard]] static json::object row_of(const json::object& spec) {
    json::object row;
    for (const char* field : {"id", "title", "status", "priority", "tags", "assignee"}) {
      const json::value* value = spec.if_contains(field);
      row[field] = value == nullptr ? json::value() : *value;
    }
    return row;
  }
  [[nodiscard]] std::vector<json::object> rows_of_cli() const {
    std::vector<json::object> rows;
    const json::value listed = json::parse(cli({"list", "-o", "json"}));
    for (const json::value& spec : listed.as_array()) rows.push_back(row_of(spec.as_object()));
    return rows;
  }
  [[nodiscard]] std::vector<json::object> rows_of_hub() const {
    std::vector<json::object> rows;
    const HttpResponse answer = hub.client().get("/api/projects/" + project + "/specs?limit=1000");
    EXPECT_EQ(answer.status, 200) << answer.body;
    const json::value listed = answer.json();
    for (const json::value& spec : listed.at("specs").as_array()) {
      json::object row = row_of(spec.as_object());
      if (row.at("status") != "archived") rows.push_back(std::move(row));  // the CLI does not list those
    }
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return a.at("id").as_string() < b.at("id").as_string(); });
    return rows;
  }

 private:
  std::optional<fs::path> program_;
};

TEST_F(LeanspecCli, creates_updates_and_archives_and_a_hand_elsewhere_edits_what_it_has_made) {
  cli({"create", "first-thing", "--title", "First thing", "--tags", "api,sync"});
  cli({"create", "second-thing", "--priority", "high", "--depends-on", "001-first-thing"});
  cli({"create", "third-thing", "--parent", "001-first-thing"});
  ASSERT_NO_FATAL_FAILURE(meet());
  replace_there("001-first-thing/README.md", "## Notes\n", "## Notes\n\nBy hand on the laptop.\n");
  replace_there("002-second-thing/README.md", "priority: high", "priority: low");
  save_atomically(there / "002-second-thing/DESIGN.md", "# Design\n\nMade by hand.\n");
  ASSERT_NO_FATAL_FAILURE(meet());
  cli({"update", "001-first-thing", "--status", "in-progress", "--assignee", "ada", "--add-tags", "wire"});
  cli({"update", "001-first-thing", "--check", "Task 1"});
  cli({"update", "002-second-thing", "--section", "Overview", "--append", "Appended by the CLI."});
  cli({"archive", "003-third-thing"});
  ASSERT_NO_FATAL_FAILURE(meet());
  const std::string first = tests::read_file(there / "001-first-thing/README.md");
  for (const char* words : {"status: in-progress", "assignee: ada", "- wire", "[x] Task 1", "By hand on the laptop."})
    EXPECT_THAT(first, testing::HasSubstr(words));
  const std::string second = tests::read_file(there / "002-second-thing/README.md");
  for (const char* words : {"priority: low", "- 001-first-thing", "Appended by the CLI."})
    EXPECT_THAT(second, testing::HasSubstr(words));
  EXPECT_EQ(rows_of_cli(), rows_of_hub());
  EXPECT_TRUE(hub.held(project).empty());
}

TEST_F(LeanspecCli, both_edit_the_same_specs_while_apart_and_both_edits_are_on_both_machines) {
  cli({"create", "shared-thing", "--title", "Shared thing", "--tags", "api"});
  const std::string path = "001-shared-thing/README.md";
  ASSERT_NO_FATAL_FAILURE(meet());
  ASSERT_EQ(laptop.stop(), 0);
  cli({"update", "001-shared-thing", "--status", "in-progress", "--add-tags", "sync", "--check", "Task 2"});
  cli({"update", "001-shared-thing", "--section", "Overview", "--append", "The CLI says why."});
  replace_there(path, "[ ] Task 1", "[x] Task 1");
  replace_there(path, "priority: medium", "priority: critical");
  replace_there(path, "## Notes\n", "## Notes\n\nThe hand says what.\n");
  ASSERT_TRUE(arrives(path));
  ASSERT_TRUE(laptop.start());
  ASSERT_NO_FATAL_FAILURE(meet());
  const std::string text = on_disk(path);
  for (const char* words : {"status: in-progress", "priority: critical", "- api", "- sync", "[x] Task 1", "[x] Task 2",
                            "The CLI says why.", "The hand says what."})
    EXPECT_THAT(text, testing::HasSubstr(words));
  EXPECT_EQ(rows_of_cli(), rows_of_hub());
  EXPECT_TRUE(hub.held(project).empty());
}

/// The CLI reads a file, thinks, and writes all of it: what came to the disk in between is gone from the file by its
/// doing, and is a version at the hub all the same.
TEST_F(LeanspecCli, at_the_very_same_time_nothing_that_anybody_wrote_is_lost) {
  constexpr int specs_made = 6;
  const auto id = [](int number) { return "00" + std::to_string(number) + "-thing"; };
  for (int number = 1; number <= specs_made; ++number)
    cli({"create", "thing", "--title", "Thing " + std::to_string(number)});
  ASSERT_NO_FATAL_FAILURE(meet());
  std::vector<std::pair<std::string, std::string>> by_hand;
  std::thread hand([&] {
    for (int round = 0; round < 4; ++round) {
      for (int number = 1; number <= specs_made; ++number) {
        const std::string path = id(number) + "/README.md";
        const std::string text = tests::read_file(there / path) + "\nRound " + std::to_string(round) + ", by hand.\n";
        save_atomically(there / path, text);
        by_hand.emplace_back(path, "Round " + std::to_string(round) + ", by hand.");
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
      }
      std::this_thread::sleep_for(
          std::chrono::milliseconds(700));  // a version each: what one person writes over unsent is not sent
    }
  });
  for (int round = 0; round < 4; ++round) {
    for (int number = 1; number <= specs_made; ++number)
      cli({"update", id(number), "--add-tags", "round-" + std::to_string(round), "--section", "Overview", "--append",
           "CLI " + std::to_string(round) + "."});
  }
  hand.join();
  ASSERT_NO_FATAL_FAILURE(meet());
  for (const auto& [path, line] : by_hand) {
    const auto has = [&, &wanted = line](const std::string& text) { return text.find(wanted) != std::string::npos; };
    const std::vector<std::string> versions = texts(path);
    EXPECT_TRUE(has(on_disk(path)) || std::any_of(versions.begin(), versions.end(), has)) << path << ": " << line;
  }
  for (int number = 1; number <= specs_made; ++number) {
    const std::vector<std::string> versions = texts(id(number) + "/README.md");
    for (int round = 0; round < 4; ++round) {
      const auto has = [&](const std::string& text) {
        return text.find("CLI " + std::to_string(round) + ".") != std::string::npos;
      };
      EXPECT_TRUE(std::any_of(versions.begin(), versions.end(), has)) << id(number) << " in round " << round;
    }
  }
  EXPECT_EQ(rows_of_cli(), rows_of_hub());
}

}  // namespace
}  // namespace leanspec::e2e
