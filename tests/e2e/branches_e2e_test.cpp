// A synced folder in a git work tree whose branches are switched by the real git: each branch has a state of its own.
#include <boost/json/parse.hpp>
#include <filesystem>

#include "tests/e2e/git_tree.h"
#include "tests/e2e/site.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;

/// Two machines with a clone each, two-way.
class Branches : public Site {
 protected:
  fs::path other_tree = scratch / "laptop";
  fs::path there = other_tree / "specs";
  BridgeProcess laptop{scratch, "laptop"};

  GitTree work_tree{scratch};

  std::string git(const std::string& command, const fs::path& where = {}) const {
    return work_tree.git(command, where);
  }
  void commit(const std::string& message, const fs::path& where = {}) const { work_tree.commit(message, where); }

  /// One committed spec on main, agreed on by both machines.
  void begin(const std::string& mode = "two-way") {
    work_tree.begin();
    save(path, first);
    work_tree.commit_and_push_first();
    git("clone -q " + work_tree.origin().string() + " " + other_tree.string(), scratch.path());
    ASSERT_TRUE(hub.start()) << hub.errors();
    secret = hub.make_key().secret;
    for (const auto& [one, folder] : {std::pair(&bridge, &specs), std::pair(&laptop, &there)}) {
      ASSERT_EQ(one->login(hub.url(), secret).code, 0);
      const Finished added = one->command({"add", folder->string(), "--project", project, "--mode", mode});
      ASSERT_EQ(added.code, 0) << added.errors;
      ASSERT_TRUE(one->start()) << one->log();
      ASSERT_TRUE(wait_until([&] { return one->folder(*folder).live(); })) << one->log();
    }
  }
  /// A text that is dirty in git and synced on main.
  void edit_on_main() {
    save(path, edited);
    ASSERT_TRUE(wait_until([&] { return text_on("main") == edited; }));
    ASSERT_TRUE(wait_until([&] { return tests::read_file(there / path) == edited; }));
  }
  [[nodiscard]] std::string text_on(const std::string& branch, const std::string& spec = "001-a") const {
    const auto answer = hub.client().get("/api/projects/" + project + "/specs/" + spec + "/raw?branch=" + branch);
    if (answer.status != 200) return "(none)";
    return std::string(boost::json::parse(answer.body).at("content").as_string());
  }
  [[nodiscard]] bool on(const std::string& branch) const {
    return wait_until([&] { return shown().find("(" + branch + ")") != std::string::npos && state().live(); });
  }

  std::string secret;
  const std::string path = "001-a/README.md";
  const std::string first = spec_text("One", "- think\n");
  const std::string edited = spec_text("One", "- think twice\n");
};

TEST_F(Branches, a_new_branch_begins_with_what_is_there_and_each_machine_sees_its_own) {
  ASSERT_NO_FATAL_FAILURE(begin());
  ASSERT_NO_FATAL_FAILURE(edit_on_main());
  git("switch -q -c topic");
  ASSERT_TRUE(on("topic")) << shown();
  EXPECT_EQ(text_on("topic"), edited) << "carried over, and its first state";
  const std::string mine = spec_text("One", "- think on the topic\n");
  save(path, mine);
  save("002-b/README.md", spec_text("Two"));
  ASSERT_TRUE(wait_until([&] { return text_on("topic") == mine && text_on("topic", "002-b") != "(none)"; })) << shown();
  save_in_place(there / "003-c/README.md", spec_text("Three"));
  ASSERT_TRUE(wait_until([&] { return text_on("main", "003-c") != "(none)"; }));
  EXPECT_TRUE(holds_for(std::chrono::seconds(2), [&] {
    return text_on("main") == edited && !fs::exists(there / "002-b") && !fs::exists(specs / "003-c");
  }));
  EXPECT_EQ(text_on("main", "002-b"), "(none)");
  EXPECT_EQ(text_on("topic", "003-c"), "(none)");
  commit("on the topic");
  git("switch -q main");
  ASSERT_TRUE(on("main")) << shown();
  EXPECT_TRUE(wait_until([&] { return on_disk(path) == edited && fs::exists(specs / "003-c"); })) << shown();
  EXPECT_FALSE(fs::exists(specs / "002-b"));
  EXPECT_EQ(text_on("topic"), mine);
  // The laptop comes to the same branch by git.
  git("push -q origin topic");
  git("fetch -q", other_tree);
  git("stash -q -u", other_tree);
  git("switch -q topic", other_tree);
  EXPECT_TRUE(wait_until([&] {
    return laptop.folder(there).live() && tests::read_file(there / path) == mine && fs::exists(there / "002-b");
  })) << laptop.command({"status"}).output;
  EXPECT_TRUE(hub.held(project).empty());
}

TEST_F(Branches, a_carried_text_gives_way_to_the_head_of_a_branch_that_is_known) {
  ASSERT_NO_FATAL_FAILURE(begin());
  git("switch -q -c topic");
  ASSERT_TRUE(on("topic")) << shown();
  const std::string mine = spec_text("One", "- think on the topic\n");
  save(path, mine);
  ASSERT_TRUE(wait_until([&] { return text_on("topic") == mine; }));
  git("stash -q");
  git("switch -q main");
  ASSERT_TRUE(on("main")) << shown();
  save(path, edited);
  ASSERT_TRUE(wait_until([&] { return text_on("main") == edited; }));
  git("switch -q topic");  // the dirty file comes along
  ASSERT_EQ(on_disk(path), edited);
  // That it is carried over may be said for a moment only: the branch's head is known and comes at once.
  EXPECT_TRUE(wait_until([&] { return on_disk(path) == mine; })) << shown();
  EXPECT_EQ(text_on("topic"), mine);
  EXPECT_EQ(text_on("main"), edited);
}

// Law 26
TEST_F(Branches, who_reads_the_project_hears_when_a_branch_is_opened_and_edited) {
  ASSERT_NO_FATAL_FAILURE(begin());
  EventStream events(hub.url(), hub.key(), "/api/events?project=" + project);
  ASSERT_TRUE(events.next()) << "the hello";
  const auto hears = [&](bool edited_on_it) {
    for (auto event = events.next(); event; event = events.next()) {
      if (event->name != "branch" || event->json().at("name").as_string() != "topic") continue;
      if (event->json().at("lastEdited").is_object() == edited_on_it) return true;
    }
    return false;
  };
  git("switch -q -c topic");
  EXPECT_TRUE(hears(false)) << shown();
  save(path, edited);
  EXPECT_TRUE(hears(true)) << shown();
  const auto list = boost::json::parse(hub.client().get("/api/projects/" + project + "/branches").body);
  ASSERT_EQ(list.at("total").as_int64(), 2);
  EXPECT_EQ(list.at("branches").at(1).at("fork").at("of").as_string(), "main");
  EXPECT_EQ(list.at("branches").at(1).at("lastEdited").at("machine").at("name").as_string(), "bridge");
}

// G06
TEST_F(Branches, to_and_fro_comes_to_nothing) {
  ASSERT_NO_FATAL_FAILURE(begin());
  git("switch -q -c topic");
  save(path, spec_text("One", "- only there\n"));
  commit("there");
  git("switch -q main");
  ASSERT_TRUE(on("main")) << shown();
  for (int round = 0; round < 10; ++round) {
    git("switch -q topic");
    git("switch -q main");
  }
  ASSERT_TRUE(on("main")) << shown();
  EXPECT_TRUE(holds_for(std::chrono::seconds(3), [&] { return text_on("main") == first && on_disk(path) == first; }));
  EXPECT_EQ(texts(path), std::vector<std::string>{first});
}

// Law 24
TEST_F(Branches, what_was_made_offline_on_a_branch_arrives_while_another_is_checked_out) {
  ASSERT_NO_FATAL_FAILURE(begin());
  ASSERT_EQ(hub.stop(), 0);
  save(path, edited);
  save("002-b/README.md", spec_text("Two"));
  ASSERT_TRUE(wait_until([&] { return state().pending >= 2; })) << shown();
  commit("offline");
  git("switch -q -c topic HEAD~1");
  ASSERT_TRUE(says("on the branch main")) << shown();
  ASSERT_TRUE(hub.start());
  EXPECT_TRUE(wait_until([&] { return text_on("main") == edited && text_on("main", "002-b") != "(none)"; })) << shown();
  EXPECT_TRUE(wait_until([&] { return shown().find("on the branch main") == std::string::npos; })) << shown();
  EXPECT_TRUE(on("topic")) << shown();
  EXPECT_EQ(text_on("topic"), first);
  // And by a process that begins on the other branch.
  git("switch -q main");
  ASSERT_TRUE(on("main")) << shown();
  ASSERT_EQ(hub.stop(), 0);
  const std::string later = spec_text("One", "- think later\n");
  save(path, later);
  ASSERT_TRUE(wait_until([&] { return state().pending >= 1; })) << shown();
  ASSERT_EQ(bridge.stop(), 0);
  commit("later");
  git("switch -q topic");
  ASSERT_TRUE(bridge.start());
  ASSERT_TRUE(hub.start());
  EXPECT_TRUE(wait_until([&] { return text_on("main") == later; })) << shown();
  EXPECT_EQ(on_disk(path), first);
}

TEST_F(Branches, a_detached_head_waits_a_deleted_branch_stays_at_the_hub_and_a_named_one_goes_on) {
  ASSERT_NO_FATAL_FAILURE(begin());
  git("switch -q -c topic");
  save("002-b/README.md", spec_text("Two"));
  ASSERT_TRUE(wait_until([&] { return text_on("topic", "002-b") != "(none)"; })) << shown();
  commit("there");
  git("switch -q main");
  ASSERT_TRUE(on("main")) << shown();
  git("branch -q -D topic");
  EXPECT_TRUE(holds_for(std::chrono::seconds(1), [&] { return state().live(); }));
  EXPECT_NE(text_on("topic", "002-b"), "(none)");
  git("switch -q --detach");
  ASSERT_TRUE(says("detached HEAD")) << shown();
  save(path, edited);
  EXPECT_TRUE(holds_for(std::chrono::seconds(2), [&] { return text_on("main") == first; }));
  ASSERT_EQ(bridge.command({"remove", specs.string()}).code, 0);
  ASSERT_EQ(bridge.command({"add", specs.string(), "--project", project, "--branch", "main"}).code, 0);
  EXPECT_TRUE(wait_until([&] { return state().live() || shown().find("held") != std::string::npos; })) << shown();
  save("004-d/README.md", spec_text("Four"));
  EXPECT_TRUE(wait_until([&] { return text_on("main", "004-d") != "(none)"; })) << shown();
}

}  // namespace
}  // namespace leanspec::e2e
