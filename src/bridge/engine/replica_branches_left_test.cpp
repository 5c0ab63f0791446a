// Laws 2, 20 and 24: what was made on a branch arrives, though it is left, others open it, or the hub loses it.
#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "tests/fakes/branch_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::BranchBench;
using fakes::ReplicaBench;
using std::chrono::seconds;

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

// Law 20
TEST(replica_branches,
     what_was_agreed_on_with_a_new_branch_is_not_carried_over_where_a_restored_hub_has_that_branch_again) {
  BranchBench bench(SyncMode::two_way);
  bench.two_versions("a.md");
  bench.save("b.md", "b\n");
  bench.pass(ReplicaBench::a_while);
  bench.open_at_hub("topic");
  bench.disk.replace("b.md", "b, half wri");
  bench.disk.files.at("b.md").writer_open = true;
  auto restored = bench.hub.fork();
  restored.epoch.value.front() ^= 1U;
  bench.switch_to("topic");
  bench.save("a.md", "on the topic\n");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.text_at("a.md"), "on the topic\n");
  ASSERT_TRUE(bench.replica->state().replica.seed.has_value()) << "not all of its beginning was looked at";
  bench.cut();
  bench.hub = restored;  // opened by somebody else, without what was written here
  bench.git_states = {{"a.md", GitFileState::changed}};
  bench.connect();
  bench.pass(seconds{20});
  EXPECT_EQ(bench.on_disk("a.md"), "on the topic\n");
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("on the topic\n"))) << "it is offered again";
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

TEST(replica_branches, an_answer_that_could_not_be_written_down_is_not_forgotten_with_the_branch) {
  BranchBench bench;
  bench.cut();
  bench.save("a.md", "made offline\n");
  bench.pass(ReplicaBench::a_while);
  bench.replica->leave_disk(bench.now());
  EXPECT_FALSE(bench.replica->has_nothing_to_send());
  bench.connect();
  bench.store.fail_commit = Error(ErrorCode::no_space, "the disk is full");
  bench.pass(seconds{5});
  EXPECT_TRUE(bench.replica->state().pending.empty());
  EXPECT_FALSE(bench.replica->has_nothing_to_send()) << "the next process would send it again";
  bench.store.fail_commit.reset();
  bench.pass(seconds{70});
  EXPECT_TRUE(bench.replica->has_nothing_to_send());
}

}  // namespace
}  // namespace leanspec::bridge::engine
