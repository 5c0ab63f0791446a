// Law 28: one engine for each branch, and what goes with the disk from one to the other.
#include <gtest/gtest.h>

#include "tests/fakes/branch_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::BranchBench;
using fakes::ReplicaBench;
using std::chrono::seconds;

TEST(replica_branches, a_new_branch_begins_with_what_stands_there_and_only_edits_are_sent) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.save("b.md", "b\n");
  bench.pass(ReplicaBench::a_while);
  const auto document = bench.hub.feed.front().document;
  bench.open_at_hub("topic");
  bench.switch_to("topic");
  ASSERT_TRUE(bench.hub.forks.front().has_value());
  EXPECT_EQ(bench.hub.forks.front()->of, "main");
  EXPECT_EQ(bench.hub.forks.front()->seq, Seq{3});
  EXPECT_EQ(bench.hub.forks.front()->commit, "c2");
  bench.pass(seconds{20});
  EXPECT_TRUE(bench.hub.pushes.empty()) << "a text that was dirty on the other branch is on this one already";
  EXPECT_TRUE(bench.agrees());
  EXPECT_FALSE(bench.replica->state().replica.seed.has_value());
  bench.save("a.md", "on the topic\n");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.pushes.size(), 1U);
  EXPECT_EQ(bench.hub.pushes.front().document, document) << "documents keep their ids";
  EXPECT_EQ(bench.hubs.at("main").text_at("a.md"), "one and two\n");
  EXPECT_EQ(bench.status().branch, "topic");
}

TEST(replica_branches, what_git_has_on_a_branch_that_is_new_to_the_hub_are_its_first_edits) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  for (const char* path : {"b.md", "c.md", "d.md"}) bench.save(path, std::string(path) + "\n");
  bench.pass(ReplicaBench::a_while);
  bench.open_at_hub("old");
  bench.puts("a.md", "as it was long ago\n");
  for (const char* path : {"b.md", "c.md", "d.md"}) bench.puts(path, std::nullopt);
  bench.puts("e.md", "only there\n");
  bench.switch_to("old");
  bench.pass(seconds{20});
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.text_at("a.md"), "as it was long ago\n");
  EXPECT_EQ(bench.hub.live(), 2U) << "what git does not have there is not on the branch";
  EXPECT_EQ(bench.status().state, ReplicaStateName::live) << "and no guard asks";
  EXPECT_EQ(bench.hubs.at("main").live(), 4U);
  bench.puts("a.md", "one and two\n");
  for (const char* path : {"b.md", "c.md", "d.md"}) bench.puts(path, std::string(path) + "\n");
  bench.puts("e.md", std::nullopt);
  bench.switch_to("main");
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.live(), 4U);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_branches, what_git_takes_away_while_a_new_branch_waits_for_the_hub_is_deleted_for_nobody) {
  for (const bool process_ends : {false, true}) {
    BranchBench bench(SyncMode::two_way);
    bench.two_versions("a.md");
    for (const char* path : {"b.md", "c.md"}) bench.save(path, std::string(path) + "\n");
    bench.pass(ReplicaBench::a_while);
    bench.open_at_hub("topic");
    bench.puts("c.md", std::nullopt);
    bench.switch_to("topic", false);
    bench.pass(seconds{10});
    ASSERT_TRUE(bench.replica->state().replica.seed.has_value());
    bench.puts("b.md", std::nullopt);  // git stash -u
    bench.pass(seconds{1});
    if (process_ends) bench.start();
    bench.pass(seconds{10});
    bench.connect();
    bench.pass(seconds{20});
    EXPECT_EQ(bench.hub.text_at("b.md"), "b.md\n");
    EXPECT_EQ(bench.on_disk("b.md"), "b.md\n") << "it comes again when git has been quiet";
    EXPECT_FALSE(bench.hub.text_at("c.md").has_value()) << "the branch began without it";
    EXPECT_TRUE(bench.agrees());
  }
}

TEST(replica_branches, what_another_replica_wrote_is_known_to_be_theirs_on_a_new_branch_too) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.elsewhere(DocumentId{ReplicaBench::id(77)}, "b.md", "theirs\n");
  bench.open_at_hub("topic");
  bench.switch_to("topic");
  bench.pass(seconds{60});
  bench.remove("b.md");  // git clean takes no lock and leaves no trace
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("b.md"), "theirs\n");
  EXPECT_EQ(bench.on_disk("b.md"), "theirs\n");
}

TEST(replica_branches, what_another_replica_wrote_is_known_to_be_theirs_on_a_third_branch_to_which_it_is_carried) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.open_at_hub("topic");
  bench.switch_to("topic");
  bench.elsewhere(DocumentId{ReplicaBench::id(77)}, "b.md", "theirs\n");
  bench.git_states = {{"b.md", GitFileState::untracked}};
  bench.switch_to("main");
  bench.pass(seconds{10});
  ASSERT_NE(bench.why("b.md").sentence.find("carried over"), std::string::npos) << bench.why("b.md").sentence;
  bench.open_at_hub("third");
  bench.switch_to("third");
  bench.pass(seconds{60});
  ASSERT_EQ(bench.hub.text_at("b.md"), "theirs\n") << "the branch begins with it";
  bench.remove("b.md");  // git clean
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("b.md"), "theirs\n");
  EXPECT_EQ(bench.on_disk("b.md"), "theirs\n");
}

TEST(replica_branches, a_carried_text_is_replaced_by_the_head_of_a_branch_that_is_known) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.open_at_hub("topic");
  bench.switch_to("topic");
  bench.save("a.md", "on the topic\n");
  bench.pass(ReplicaBench::a_while);
  bench.puts("a.md", "one and two\n");
  bench.switch_to("main");
  bench.save("a.md", "newer on main\n");
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.text_at("a.md"), "newer on main\n");
  const auto sent = bench.hubs.at("topic").pushes.size();
  bench.git_states = {{"a.md", GitFileState::changed}};
  bench.switch_to("topic");
  EXPECT_EQ(bench.on_disk("a.md"), "newer on main\n");
  EXPECT_NE(bench.why("a.md").sentence.find("carried over from the branch main"), std::string::npos)
      << bench.why("a.md").sentence;
  EXPECT_NE(bench.why("a.md").remedy.find("accept"), std::string::npos);
  bench.pass(seconds{10});
  EXPECT_EQ(bench.on_disk("a.md"), "on the topic\n");
  EXPECT_EQ(bench.hub.pushes.size(), sent) << "nothing of the other branch was sent";
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_branches, a_carried_text_gives_way_to_a_branch_that_was_left_in_the_moment_it_was_opened) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.save("b.md", "b\n");
  bench.pass(ReplicaBench::a_while);
  bench.open_at_hub("topic");
  bench.disk.replace("b.md", "b, half wri");
  bench.disk.files.at("b.md").writer_open = true;
  bench.switch_to("topic");
  bench.save("a.md", "on the topic\n");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.text_at("a.md"), "on the topic\n");
  ASSERT_TRUE(bench.replica->state().replica.seed.has_value()) << "not all of its beginning was looked at";
  bench.disk.files.at("b.md").writer_open = false;
  bench.puts("a.md", "one and two\n");
  bench.puts("b.md", "b\n");
  bench.switch_to("main");
  bench.save("a.md", "newer on main\n");
  bench.pass(ReplicaBench::a_while);
  bench.git_states = {{"a.md", GitFileState::changed}};
  bench.switch_to("topic");
  bench.pass(seconds{10});
  EXPECT_EQ(bench.on_disk("a.md"), "on the topic\n");
  EXPECT_EQ(bench.hub.text_at("a.md"), "on the topic\n");
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_branches, an_edit_of_a_carried_text_is_an_edit_of_the_version_that_it_was) {
  BranchBench bench;
  bench.two_versions("a.md");
  bench.open_at_hub("topic");
  bench.switch_to("topic");
  bench.save("a.md", "on the topic\n");
  bench.pass(ReplicaBench::a_while);
  bench.puts("a.md", "one and two\n");
  bench.switch_to("main");
  bench.save("a.md", "newer on main\n");
  bench.pass(ReplicaBench::a_while);
  const auto of_main = bench.hub.feed.back().version;
  bench.git_states = {{"a.md", GitFileState::changed}};
  bench.switch_to("topic");
  bench.pass(seconds{20});
  const auto sent = bench.hub.pushes.size();
  EXPECT_EQ(bench.on_disk("a.md"), "newer on main\n") << "a folder that is only sent is not written to";
  bench.save("a.md", "newer on main, and edited here\n");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.pushes.size(), sent + 1);
  EXPECT_EQ(bench.hub.pushes.back().base, of_main);
}

// Law 23
TEST(replica_branches, a_carried_text_that_was_committed_and_edited_and_that_git_puts_back_is_no_edit) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.open_at_hub("topic");
  bench.switch_to("topic");
  bench.pass(seconds{20});
  bench.puts("a.md", "one and two\n");
  bench.switch_to("main");
  bench.save("a.md", "newer on main\n");
  bench.pass(ReplicaBench::a_while);
  bench.git_states = {{"a.md", GitFileState::changed}};
  bench.switch_to("topic");
  bench.pass(seconds{2});
  ASSERT_EQ(bench.on_disk("a.md"), "newer on main\n") << "it is still there";
  bench.git_states.clear();
  bench.writes_index();  // git commit
  bench.save("a.md", "newer on main, and edited here\n");
  bench.pass(ReplicaBench::a_while);
  bench.elsewhere(bench.hub.feed.front().document, "a.md", "newer on main, and edited here\n");
  bench.pass(seconds{20});
  ASSERT_TRUE(bench.agrees());
  const auto sent = bench.hub.pushes.size();
  bench.puts("a.md", "newer on main\n");  // git reset --hard
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.pushes.size(), sent);
}

TEST(replica_branches, a_carried_file_that_the_branch_does_not_have_stays_and_nobody_gets_it) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.open_at_hub("topic");
  bench.switch_to("topic");
  bench.pass(seconds{5});
  bench.switch_to("main");
  bench.save("new.md", "begun on main\n");
  bench.pass(ReplicaBench::a_while);
  bench.git_states = {{"new.md", GitFileState::untracked}};
  bench.switch_to("topic");
  bench.pass(seconds{10});
  EXPECT_FALSE(bench.hub.text_at("new.md").has_value());
  EXPECT_EQ(bench.on_disk("new.md"), "begun on main\n");
  EXPECT_EQ(bench.status().held_count, 1U);
  EXPECT_NE(bench.why("new.md").remedy.find("accept"), std::string::npos);
  bench.start();  // is remembered
  bench.connect();
  bench.pass(seconds{10});
  EXPECT_FALSE(bench.hub.text_at("new.md").has_value());
  EXPECT_EQ(bench.status().held_count, 1U);
  ASSERT_TRUE(bench.replica->accept("new.md", bench.now()));
  bench.carry_out();
  bench.pass(seconds{5});
  EXPECT_EQ(bench.hub.text_at("new.md"), "begun on main\n");
  EXPECT_EQ(bench.status().held_count, 0U);
}

TEST(replica_branches, a_file_that_was_gone_on_the_branch_before_is_not_deleted_on_this_one) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.save("b.md", "b\n");
  bench.pass(ReplicaBench::a_while);
  const auto b = bench.hub.feed.back().document;
  bench.open_at_hub("topic");
  bench.switch_to("topic");
  bench.pass(seconds{20});
  bench.git_states = {{"c.md", GitFileState::untracked}, {"b.md", GitFileState::deleted}};
  bench.switch_to("main");
  bench.pass(seconds{20});
  bench.elsewhere(b, "c.md", "b\n");  // renamed by somebody else, and not committed here
  ASSERT_EQ(bench.on_disk("b.md"), "(none)");
  bench.switch_to("topic");  // which git leaves as it is, since b.md is the same in both
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("b.md"), "b\n");
  EXPECT_FALSE(bench.hub.text_at("c.md").has_value());
  EXPECT_EQ(bench.on_disk("b.md"), "b\n");
}

TEST(replica_branches, a_carried_file_and_what_git_put_at_its_old_place_are_not_one_after_the_other) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  const auto document = bench.hub.feed.front().document;
  bench.cut();
  bench.hub.change(document, "a.md", "theirs\n");
  bench.save("a.md", "mine\n");
  bench.connect();
  bench.pass(seconds{20});
  ASSERT_EQ(bench.status().held_count, 1U);
  bench.open_at_hub("topic");
  bench.puts("a.md", "one and two\n");  // git stash
  bench.switch_to("topic");
  bench.pass(seconds{20});
  bench.elsewhere(document, "b.md", "theirs, moved\n");
  bench.pass(seconds{20});
  ASSERT_EQ(bench.on_disk("b.md"), "theirs, moved\n");
  bench.puts("a.md", "one and two\n");
  bench.git_states = {{"b.md", GitFileState::untracked}};
  const auto sent = bench.hubs.at("main").pushes.size();
  bench.switch_to("main");
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.pushes.size(), sent) << "git put the older text there, and nobody wrote it";
  EXPECT_EQ(bench.hub.text_at("a.md"), "theirs\n");
  EXPECT_FALSE(bench.hub.text_at("b.md").has_value()) << "nor renamed it here";
  EXPECT_EQ(bench.on_disk("a.md"), "theirs\n");
  EXPECT_EQ(bench.on_disk("b.md"), "theirs, moved\n");
  EXPECT_NE(bench.why("b.md").sentence.find("the document stands at a.md here"), std::string::npos)
      << bench.why("b.md").sentence;
}

// G06
TEST(replica_branches, to_another_branch_and_back_comes_to_nothing) {
  BranchBench bench(SyncMode::two_way);
  for (int i = 0; i < 20; ++i) bench.save("s" + std::to_string(i) + ".md", "text " + std::to_string(i) + "\n");
  bench.pass(ReplicaBench::a_while);
  bench.open_at_hub("other");
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i) bench.puts("s" + std::to_string(i) + ".md", "other\n");
    bench.switch_to("other");
    bench.pass(seconds{round});
    for (int i = 0; i < 20; ++i) bench.puts("s" + std::to_string(i) + ".md", "text " + std::to_string(i) + "\n");
    bench.switch_to("main");
  }
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.pushes.size(), 20U);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hubs.at("other").head().value(), 40U) << "its own state, once";
}

}  // namespace
}  // namespace leanspec::bridge::engine
