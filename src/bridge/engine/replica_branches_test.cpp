// Laws 24 and 28: one engine for each branch, and what goes with the disk from one to the other.
#include <gtest/gtest.h>

#include "bridge/engine/branch_seed.h"
#include "digest/sha256.h"
#include "tests/fakes/git_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::GitBench;
using fakes::MemoryStateStore;
using fakes::ReplicaBench;
using fakes::SmallHub;
using std::chrono::seconds;

/// A folder whose branches have a state and a hub each; one at a time is at work.
struct BranchBench : GitBench {
  explicit BranchBench(SyncMode sync_mode = SyncMode::push) : GitBench(sync_mode) {
    branch = "main";
    start();
    connect();
    pass(a_while);
  }

  /// Git has done its work on the disk; the bridge finds another branch checked out.
  void switch_to(const std::string& name, bool online_then = true) {
    const auto known = replica->left_branch(now());
    ASSERT_TRUE(known);
    const auto& left = *known;
    const auto from = branch;
    replica->leave_disk(now());
    replica.reset();
    stores.insert_or_assign(from, std::exchange(store, MemoryStateStore()));
    hubs.insert_or_assign(from, std::exchange(hub, SmallHub()));
    if (hubs.contains(name)) hub = hubs.at(name);
    const bool is_new = !stores.contains(name);
    if (is_new)
      ASSERT_TRUE(store.commit(state_of_new_branch(left, "c2")));
    else
      store = stores.at(name);
    git.branch = branch = name;
    git.head = "ref: refs/heads/" + name;
    writes_index();
    after_open = [this, left, from] { replica->take_disk(carried_from(left.state, from), now()); };
    start();
    after_open = nullptr;
    if (online_then) connect();
    pass(seconds{1});
  }
  /// The hub makes it as a fork of what this branch has, for this replica.
  void open_at_hub(const std::string& name) {
    hubs.insert_or_assign(name, hub.fork());
    hubs.at(name).opened_here = true;
  }

  std::map<std::string, MemoryStateStore> stores;
  std::map<std::string, SmallHub> hubs;
};

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

// Law 24
TEST(replica_branches, pending_work_is_sent_by_a_process_that_never_saw_its_branch_checked_out) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.cut();
  bench.save("a.md", "made offline\n");
  bench.save("b.md", "new offline\n");
  bench.pass(ReplicaBench::a_while);
  bench.replica->leave_disk(bench.now());
  bench.git.branch = "other";
  bench.git.head = "ref: refs/heads/other";
  bench.puts("a.md", "of the other branch\n");
  bench.start();
  const auto looks = bench.disk.scans;
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "made offline\n");
  EXPECT_EQ(bench.hub.text_at("b.md"), "new offline\n");
  EXPECT_TRUE(bench.replica->state().pending.empty());
  EXPECT_EQ(bench.disk.scans, looks);
  EXPECT_EQ(bench.applications, 0U);
  EXPECT_EQ(bench.on_disk("a.md"), "of the other branch\n");
}

// Laws 2 and 24
TEST(replica_branches, what_was_made_offline_on_a_branch_that_was_left_is_sent_though_others_made_a_file_of_that_name) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.cut();
  bench.save("b.md", "new offline\n");
  bench.pass(ReplicaBench::a_while);
  bench.hub.change(DocumentId{ReplicaBench::id(77'000)}, "b.md", "theirs\n");
  bench.replica->leave_disk(bench.now());
  bench.git.branch = "other";
  bench.git.head = "ref: refs/heads/other";
  bench.start();
  bench.connect();
  bench.pass(seconds{20});
  ASSERT_FALSE(bench.hub.pushes.empty());
  EXPECT_EQ(bench.hub.pushes.back().digest, digest::sha256("new offline\n"));
  EXPECT_TRUE(bench.replica->state().pending.empty());
}

// Laws 2 and 20
TEST(replica_branches, what_was_sent_on_a_new_branch_arrives_though_a_restored_hub_has_it_from_somebody_else) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.save("b.md", "b\n");
  bench.pass(ReplicaBench::a_while);
  bench.open_at_hub("topic");
  bench.disk.replace("b.md", "b, half wri");
  bench.disk.files.at("b.md").writer_open = true;
  bench.switch_to("topic");
  bench.hold_messages = true;
  bench.save("a.md", "on the topic\n");
  bench.pass(ReplicaBench::a_while);
  ASSERT_TRUE(bench.replica->state().replica.seed.has_value()) << "not all of its beginning was looked at";
  ASSERT_EQ(bench.replica->state().pending.size(), 1U);
  bench.cut();
  bench.hold_messages = false;
  bench.remove("a.md");
  bench.pass(seconds{1});
  bench.hub.opened_here = false;
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("on the topic\n")));
  EXPECT_TRUE(bench.replica->state().pending.empty());
}

// Law 24
TEST(replica_branches, a_branch_of_which_not_all_can_be_written_down_is_not_left_behind) {
  BranchBench bench;
  bench.two_versions("a.md");
  bench.hold_messages = true;
  bench.save("a.md", "one, two and three\n");
  bench.pass(ReplicaBench::a_while);
  bench.store.fail_commit = Error(ErrorCode::no_space, "the disk is full");
  bench.hold_messages = false;
  bench.carry_out();
  ASSERT_TRUE(bench.replica->state().pending.empty());
  const auto left = bench.replica->left_branch(bench.now());
  ASSERT_FALSE(left) << "nobody would send for this branch any more, and its file says that there is something to send";
  EXPECT_EQ(left.error().code, ErrorCode::no_space);
  bench.store.fail_commit.reset();
  EXPECT_TRUE(bench.replica->left_branch(bench.now()));
  EXPECT_TRUE(bench.store.durable().pending.empty());
}

// Laws 20 and 24
TEST(replica_branches, a_rename_of_which_a_restored_hub_lacks_the_text_waits_for_its_branch_and_not_for_the_hub) {
  BranchBench bench(SyncMode::two_way);
  const std::string text(100, 'a');
  bench.save("a.md", text);
  bench.pass(ReplicaBench::a_while);
  bench.open_at_hub("topic");
  bench.switch_to("topic");
  bench.pass(seconds{20});
  bench.cut();
  bench.rename("a.md", "b.md");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.replica->state().pending.size(), 1U) << "without its text, which is on the disk alone here";
  bench.replica->leave_disk(bench.now());
  bench.git.branch = "main";
  bench.git.head = "ref: refs/heads/main";
  bench.hub.begin_another_life(0);
  bench.hub.bodies.clear();
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_TRUE(bench.replica->state().pending.empty()) << "nobody looks at the disk for this branch now";
  bench.git.branch = "topic";
  bench.git.head = "ref: refs/heads/topic";
  bench.after_open = [&bench] { bench.replica->take_disk({}, bench.now()); };
  bench.start();
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("b.md"), text);
  EXPECT_FALSE(bench.hub.text_at("a.md").has_value());
  EXPECT_EQ(bench.on_disk("b.md"), text);
}

// Law 20
TEST(replica_branches, a_new_branch_that_a_restored_hub_makes_of_older_days_takes_nothing_away) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.save("b.md", "b\n");
  bench.pass(ReplicaBench::a_while);
  const auto b = bench.hub.feed.back();
  bench.open_at_hub("topic");
  auto& restored = bench.hubs.at("topic");
  restored.epoch.value.front() ^= 1U;
  restored.change(b.document, b.path, std::nullopt);
  bench.switch_to("topic");
  bench.pass(seconds{20});
  EXPECT_EQ(bench.on_disk("b.md"), "b\n");
  EXPECT_EQ(bench.hub.text_at("b.md"), "b\n");
  EXPECT_FALSE(bench.replica->state().replica.seed.has_value());
}

TEST(replica_branches, a_branch_that_was_opened_elsewhere_meanwhile_is_joined_and_loses_nothing) {
  // What git does not have so on this branch may have been carried over; what was written here was not.
  for (const auto in_git : {GitFileState::clean, GitFileState::changed}) {
    BranchBench bench(SyncMode::two_way);
    bench.two_versions("a.md");
    bench.save("b.md", "b\n");
    bench.save("c.md", "c\n");
    bench.pass(ReplicaBench::a_while);
    auto elsewhere = bench.hub.fork();
    const auto a = elsewhere.feed.at(0);
    elsewhere.change(a.document, a.path, "theirs\n");
    bench.hubs.insert_or_assign("topic", std::move(elsewhere));
    bench.puts("c.md", std::nullopt);
    bench.switch_to("topic", false);
    bench.save("b.md", "mine, offline\n");
    bench.pass(seconds{5});
    EXPECT_FALSE(bench.replica->state().pending.empty());
    bench.git_states = {{"b.md", in_git}};
    bench.connect();
    bench.pass(seconds{20});
    EXPECT_EQ(bench.hub.live(), 3U) << "nothing is deleted";
    EXPECT_EQ(bench.hub.text_at("a.md"), "theirs\n");
    EXPECT_EQ(bench.on_disk("c.md"), "c\n");
    EXPECT_EQ(bench.on_disk("b.md"), "mine, offline\n");
    bool arrived = false;
    for (const auto& version : bench.hub.history)
      arrived = arrived || version.digest == digest::sha256("mine, offline\n");
    EXPECT_TRUE(arrived);
  }
}

}  // namespace
}  // namespace leanspec::bridge::engine
