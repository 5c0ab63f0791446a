#include "bridge/engine/left_overs.h"

#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::minutes;
using std::chrono::seconds;

const DocumentId theirs{ReplicaBench::id(77)};
const Error broken(ErrorCode::io, "the disk is broken", "a.md");

/// A two-way folder in which "a.md" stands with the text "base".
struct LeftOversBench : ReplicaBench {
  LeftOversBench() : ReplicaBench(false) {
    mode = SyncMode::two_way;
    start();
    connect();
    elsewhere("base");
    base = hub.heads.at(theirs).version;
  }
  void elsewhere(std::optional<std::string> text) {
    hub.change(theirs, "a.md", std::move(text));
    tell_head();
    pass(a_while);
  }
  /// The hub's next text takes the place of one that was saved at the last moment.
  void save_at_the_last_moment(const std::string& text) {
    disk.before_exchange = [this, text] { disk.write("a.md", text); };
  }
  bool hub_has(const std::string& text) const { return hub.bodies.contains(digest::sha256(text)); }
  std::size_t times_pushed(const std::string& text) const {
    const auto digest = digest::sha256(text);
    return static_cast<std::size_t>(
        std::count_if(hub.pushes.begin(), hub.pushes.end(), [&](const auto& push) { return push.digest == digest; }));
  }
  std::string warnings() const {
    std::string all;
    for (const auto& line : status().warnings) all += line + "\n";
    return all;
  }
  bool is_clean() const { return disk.staged.empty() && replica->state().intents.empty() && warnings().empty(); }
  void start_again() {
    start();
    connect();
  }

  VersionId base;
};

// Law 9
TEST(left_overs, what_the_disk_will_not_let_go_is_tried_again_after_pauses_and_named) {
  LeftOversBench bench;
  bench.disk.refuses_looking_back = broken;
  bench.save_at_the_last_moment("typed");
  bench.elsewhere("new");
  ASSERT_EQ(bench.disk.staged.size(), 1U);
  const auto name = bench.disk.staged.begin()->first;
  EXPECT_TRUE(bench.hub_has("typed"));
  EXPECT_NE(bench.warnings().find(".leanspec-sync/" + name + ": "), std::string::npos) << bench.warnings();
  EXPECT_NE(bench.warnings().find("a.md"), std::string::npos);
  EXPECT_NE(bench.warnings().find("the disk is broken"), std::string::npos);
  const auto tried = bench.applications;
  bench.pass(minutes{10});
  EXPECT_LT(bench.applications, tried + 20) << "less and less often";
  EXPECT_EQ(bench.status().state, ReplicaStateName::live) << "nothing waits for it";
  bench.disk.refuses_looking_back.reset();
  bench.pass(seconds{61});
  EXPECT_TRUE(bench.is_clean()) << bench.warnings();
  EXPECT_EQ(bench.times_pushed("typed"), 1U);
}

// Law 10
TEST(left_overs, what_a_power_cut_left_of_a_text_that_came_out_is_no_edit) {
  for (const std::string left : {"", "ba"}) {
    LeftOversBench bench;
    bench.disk.staged_is_open = true;
    bench.elsewhere("new");
    ASSERT_EQ(bench.disk.staged.size(), 1U);
    bench.disk.staged.begin()->second = left;
    bench.disk.staged_is_open = false;
    bench.reboot(seconds{30});
    bench.connect();
    bench.pass(minutes{5});
    EXPECT_TRUE(bench.hub.pushes.empty());
    EXPECT_TRUE(bench.is_clean()) << bench.warnings();
  }
}

// Law 10
TEST(left_overs, a_shorter_text_that_was_saved_before_the_machine_began_anew_is_an_edit_where_nobody_knows_the_former) {
  for (const bool was_saved : {true, false}) {
    LeftOversBench bench;
    bench.disk.staged_is_open = true;
    bench.elsewhere("new");
    ASSERT_EQ(bench.disk.staged.size(), 1U);
    bench.disk.staged.begin()->second = "own";
    bench.disk.staged_modified = bench.replica->state().intents.begin()->second.modified_ns + (was_saved ? 1 : 0);
    bench.disk.staged_is_open = false;
    StateUpdate forgotten;
    forgotten.bodies[digest::sha256("base")] = nullptr;
    ASSERT_TRUE(bench.store.commit(forgotten));
    bench.reboot(seconds{30});
    bench.connect();
    bench.pass(minutes{5});
    EXPECT_EQ(bench.hub_has("own"), was_saved);
  }
}

// The disk counts whole seconds, so that only the former bytes tell.
TEST(left_overs, a_shorter_text_that_was_saved_in_the_last_moment_before_the_machine_began_anew_is_an_edit) {
  for (const std::string saved : {"own", "ba"}) {
    LeftOversBench bench;
    bench.save_at_the_last_moment(saved);
    bench.lose_power = true;
    bench.elsewhere("new");
    ASSERT_EQ(bench.replica->state().intents.size(), 1U);
    ASSERT_FALSE(bench.replica->state().intents.begin()->second.done);
    bench.disk.staged_modified = bench.replica->state().intents.begin()->second.modified_ns;
    bench.lose_power = false;
    bench.reboot(seconds{30});
    bench.connect();
    bench.pass(minutes{5});
    EXPECT_EQ(bench.hub_has(saved), saved == "own") << "the front of the former text may be what the power left";
    EXPECT_TRUE(bench.is_clean()) << bench.warnings();
  }
}

// Law 10
TEST(left_overs, what_a_power_cut_left_of_a_save_of_the_last_moment_that_was_sent_is_no_edit) {
  for (const bool was_saved : {true, false}) {
    LeftOversBench bench;
    bench.disk.staged_is_open = true;
    bench.disk.staged_modified = 5;
    bench.save_at_the_last_moment("typed text");
    bench.elsewhere("new");
    ASSERT_EQ(bench.disk.staged.size(), 1U);
    ASSERT_TRUE(bench.hub_has("typed text"));
    ASSERT_TRUE(bench.replica->state().pending.empty());
    StateUpdate forgotten;
    forgotten.bodies[digest::sha256("typed text")] = nullptr;
    ASSERT_TRUE(bench.store.commit(forgotten));
    bench.disk.staged.begin()->second = "typed";
    bench.disk.staged_modified = was_saved ? 6 : 5;
    bench.disk.staged_is_open = false;
    bench.reboot(seconds{30});
    bench.connect();
    bench.pass(minutes{5});
    EXPECT_EQ(bench.hub_has("typed"), was_saved);
  }
}

// Law 8
TEST(left_overs, what_came_out_since_the_boot_is_an_edit_also_while_what_the_power_left_is_in_doubt) {
  LeftOversBench bench;
  bench.save("other.md", "other");
  bench.pass(ReplicaBench::a_while);
  bench.disk.files.at("other.md").unreadable = true;
  bench.reboot(seconds{30});
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  bench.disk.staged_is_open = true;
  bench.elsewhere("new");
  ASSERT_EQ(bench.disk.staged.size(), 1U);
  ASSERT_TRUE(bench.replica->state().replica.in_doubt) << "nobody knows what other.md is";
  bench.disk.staged.begin()->second = "ba";
  bench.disk.staged_is_open = false;
  bench.start_again();
  bench.pass(minutes{5});
  EXPECT_TRUE(bench.hub_has("ba")) << "a program that had it open wrote that";
}

// Law 9
TEST(left_overs, what_a_crash_left_and_cannot_be_looked_at_is_tried_again_after_pauses_and_named) {
  LeftOversBench bench;
  bench.lose_power = true;
  bench.hub.change(theirs, "a.md", "new");
  bench.tell_head();
  bench.lose_power = false;
  bench.disk.refuses_recovery = broken;
  const auto tried = bench.applications;
  bench.start_again();
  bench.pass(minutes{10});
  EXPECT_GT(bench.applications, tried + 1);
  EXPECT_LT(bench.applications, tried + 20) << "less and less often";
  EXPECT_NE(bench.warnings().find("a.md: "), std::string::npos) << bench.warnings();
  EXPECT_NE(bench.warnings().find("the disk is broken"), std::string::npos);
  EXPECT_FALSE(bench.replica->quiet());
  bench.disk.refuses_recovery.reset();
  bench.pass(seconds{61});
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(bench.is_clean()) << bench.warnings();
  EXPECT_TRUE(bench.hub.pushes.empty());
}

// Law 10
TEST(left_overs, a_disk_that_cannot_be_made_durable_is_asked_again_after_pauses) {
  LeftOversBench bench;
  bench.disk.loses_names = broken;
  const auto tried = bench.applications;
  bench.elsewhere("new");
  bench.pass(minutes{10});
  EXPECT_LT(bench.applications, tried + 20);
  EXPECT_NE(bench.warnings().find("the disk is broken"), std::string::npos);
  bench.disk.loses_names.reset();
  bench.pass(seconds{61});
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(bench.is_clean()) << bench.warnings();
}

// Law 9
TEST(left_overs, killed_before_it_was_removed_a_text_that_came_out_is_not_sent_twice_and_goes_at_the_next_start) {
  LeftOversBench bench;
  bench.disk.refuses_looking_back = broken;
  bench.save_at_the_last_moment("typed");
  bench.elsewhere("new");
  ASSERT_EQ(bench.times_pushed("typed"), 1U);
  bench.disk.refuses_looking_back.reset();
  bench.start_again();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.is_clean()) << bench.warnings();
  EXPECT_EQ(bench.times_pushed("typed"), 1U);
}

// Law 8
TEST(left_overs, a_text_that_came_out_stays_while_a_program_has_it_open_and_what_that_adds_is_sent_too) {
  LeftOversBench bench;
  bench.disk.staged_is_open = true;
  bench.save_at_the_last_moment("typed");
  bench.elsewhere("new");
  EXPECT_TRUE(bench.hub_has("typed"));
  ASSERT_EQ(bench.disk.staged.size(), 1U) << "the program may write on";
  bench.disk.staged.begin()->second = "typed, and more";
  bench.disk.staged_is_open = false;
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.hub_has("typed, and more"));
  EXPECT_EQ(bench.hub.pushes.back().base, bench.base);
  EXPECT_TRUE(bench.is_clean()) << bench.warnings();
}

// Law 2
TEST(left_overs, a_text_that_came_out_waits_for_the_change_that_is_on_its_way) {
  LeftOversBench bench;
  bench.disk.staged_is_open = true;
  bench.elsewhere("new");
  ASSERT_EQ(bench.disk.staged.size(), 1U);
  // The user goes on in the file, and the hub does not answer for a while; a program writes into what came out.
  bench.lose_answers = true;
  bench.save("a.md", "new, and typed here");
  bench.pass(seconds{3});
  const auto pending = bench.replica->state().pending;
  ASSERT_EQ(pending.size(), 1U);
  bench.disk.staged.begin()->second = "base, written late";
  bench.disk.staged_is_open = false;
  bench.pass(seconds{20});
  EXPECT_EQ(bench.replica->state().pending, pending) << "one change of a document at a time";
  EXPECT_EQ(bench.disk.staged.size(), 1U) << "nothing is lost";
  bench.lose_answers = false;
  bench.cut();
  bench.connect();
  bench.pass(seconds{3});
  EXPECT_TRUE(bench.hub_has("new, and typed here"));
  EXPECT_TRUE(bench.hub_has("base, written late"));
  EXPECT_EQ(bench.hub.pushes.back().base, bench.base);
  EXPECT_TRUE(bench.replica->state().pending.empty());
  EXPECT_TRUE(bench.replica->quiet());
  EXPECT_TRUE(bench.is_clean()) << bench.warnings();
}

// Law 8
TEST(left_overs, a_shorter_text_that_waited_for_another_change_while_the_machine_began_anew_is_an_edit) {
  LeftOversBench bench;
  bench.disk.staged_is_open = true;
  bench.elsewhere("new");
  ASSERT_EQ(bench.disk.staged.size(), 1U);
  bench.lose_answers = true;
  bench.save("a.md", "new, and typed here");
  bench.pass(seconds{3});
  bench.disk.staged.begin()->second = "own";
  bench.disk.staged_modified = bench.replica->state().intents.begin()->second.modified_ns + 1;
  bench.disk.staged_is_open = false;
  bench.pass(seconds{20});
  ASSERT_EQ(bench.disk.staged.size(), 1U) << "another change is on its way";
  StateUpdate forgotten;
  forgotten.bodies[digest::sha256("base")] = nullptr;
  ASSERT_TRUE(bench.store.commit(forgotten));
  bench.lose_answers = false;
  bench.reboot(seconds{30});
  bench.connect();
  bench.pass(minutes{5});
  EXPECT_TRUE(bench.hub_has("own"));
  EXPECT_TRUE(bench.is_clean()) << bench.warnings();
}

// Law 10
TEST(left_overs, what_a_power_cut_left_of_a_text_that_waited_for_another_change_is_no_edit) {
  for (const bool was_saved_again : {false, true}) {
    LeftOversBench bench;
    bench.disk.staged_is_open = true;
    bench.elsewhere("new");
    ASSERT_EQ(bench.disk.staged.size(), 1U);
    bench.lose_answers = true;
    bench.save("a.md", "new, and typed here");
    bench.pass(seconds{3});
    bench.disk.staged.begin()->second = "something else, written late";
    bench.disk.staged_modified = 1'000;
    bench.disk.staged_is_open = false;
    bench.pass(seconds{20});
    ASSERT_EQ(bench.disk.staged.size(), 1U) << "another change is on its way";
    bench.disk.staged.begin()->second = "something else";
    bench.disk.staged_modified += was_saved_again ? 1 : 0;
    bench.lose_answers = false;
    bench.reboot(seconds{30});
    bench.connect();
    bench.pass(minutes{5});
    EXPECT_EQ(bench.hub_has("something else"), was_saved_again);
    EXPECT_TRUE(bench.is_clean()) << bench.warnings();
  }
}

// Laws 7 and 9
TEST(left_overs, what_an_empty_disk_in_place_of_the_folder_shows_says_nothing_of_what_a_crash_left) {
  LeftOversBench bench;
  bench.lose_power = true;
  bench.hub.change(theirs, "a.md", "new");
  bench.tell_head();
  bench.lose_power = false;
  const auto intents = bench.store.durable().intents;
  ASSERT_EQ(intents.size(), 1U);
  const auto files = std::exchange(bench.disk.files, {});
  bench.disk.root_inode = 99;
  bench.start_again();
  bench.pass(seconds{60});
  EXPECT_EQ(bench.replica->state().intents, intents);
  EXPECT_TRUE(bench.disk.files.empty());
  EXPECT_NE(bench.warnings().find("another folder stands in the place"), std::string::npos) << bench.warnings();
  bench.disk.files = files;
  bench.disk.root_inode = 2;
  bench.pass(seconds{6});
  EXPECT_TRUE(bench.agrees());
  EXPECT_TRUE(bench.is_clean()) << bench.warnings();
  EXPECT_TRUE(bench.hub.pushes.empty());
}

TEST(left_overs, a_person_may_go_on_with_another_folder) {
  LeftOversBench bench;
  bench.lose_power = true;
  bench.hub.change(theirs, "a.md", "new");
  bench.tell_head();
  bench.lose_power = false;
  bench.disk.files.clear();
  bench.disk.root_inode = 99;
  bench.start_again();
  bench.pass(seconds{60});
  EXPECT_EQ(bench.status().state, ReplicaStateName::halted);
  EXPECT_NE(bench.status().remedy.find("approve"), std::string::npos);
  for (int i = 0; i < 2; ++i) {
    bench.replica->approve(bench.now());
    bench.carry_out();
    bench.pass(seconds{20});
  }
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.hub.live(), 1U) << "nothing is deleted";
  EXPECT_TRUE(bench.is_clean()) << bench.warnings();
}

// Law 9
TEST(left_overs, files_that_no_intent_explains_are_named_and_stay) {
  LeftOversBench bench;
  bench.disk.refuses_looking_back = broken;
  bench.elsewhere("new");
  const auto known = bench.disk.staged.begin()->first;
  bench.replica->seen_in_staging({known, "lost"});
  EXPECT_NE(bench.warnings().find(".leanspec-sync/lost: "), std::string::npos) << bench.warnings();
  EXPECT_EQ(bench.warnings().find(known + ": a text that was taken"), std::string::npos);
  bench.disk.refuses_looking_back.reset();
  bench.pass(seconds{61});
  EXPECT_NE(bench.warnings().find(".leanspec-sync/lost: "), std::string::npos);
  bench.replica->seen_in_staging({});
  EXPECT_TRUE(bench.is_clean()) << bench.warnings();
}

TEST(left_overs, only_so_many_are_named_one_by_one) {
  for (const std::size_t count : {LeftOvers::named_max, LeftOvers::named_max + 1}) {
    LeftOversBench bench;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back("lost" + std::to_string(i));
    bench.replica->seen_in_staging(names);
    EXPECT_EQ(bench.status().warnings.size(), count);
    EXPECT_EQ(bench.warnings().find("and 1 more") == std::string::npos, count == LeftOvers::named_max);
  }
}

}  // namespace
}  // namespace leanspec::bridge::engine
