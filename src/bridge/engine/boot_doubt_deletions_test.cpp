#include <gtest/gtest.h>

#include "bridge/engine/settle.h"
#include "digest/sha256.h"
#include "tests/fakes/power_bench.h"

// What is not there, or is there again, after a power cut: whether somebody deleted it (laws 7 and 10).

namespace leanspec::bridge::engine {
namespace {

using fakes::PowerBench;
using fakes::ReplicaBench;

TEST(boot_doubt, a_new_file_that_a_power_cut_took_is_no_deletion) {
  PowerBench bench;
  bench.save_and_sync("a.md", "some text");
  bench.save_and_sync("b.md", "keeps the folder from being empty");
  bench.disk.files.erase("a.md");
  bench.boot_anew();
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
}

TEST(boot_doubt, a_new_file_that_a_power_cut_took_is_no_deletion_whatever_the_clock_was_set_to_since) {
  PowerBench bench;
  bench.save_and_sync("b.md", "keeps the folder from being empty");
  bench.cut();
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count() -
                        std::chrono::nanoseconds(std::chrono::hours(5)).count();
  bench.save_and_sync("a.md", "some text");
  bench.disk.clock_ns += std::chrono::nanoseconds(std::chrono::hours(4)).count();
  bench.save_and_sync("b.md", "saved after the clock was set");
  bench.disk.files.erase("a.md");
  bench.boot_anew(std::chrono::seconds(10));
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
  EXPECT_EQ(bench.disk.files.count("a.md"), 1U);
}

TEST(boot_doubt, a_file_that_a_power_cut_took_is_no_deletion_though_the_clock_was_set_forward_after_it_was_saved) {
  for (const bool once_more : {false, true}) {
    PowerBench bench;
    const auto date = [&bench] {
      bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
    };
    date();
    bench.save_and_sync("a.md", "some text");
    bench.set_wall_clock(std::chrono::hours(5));
    bench.pass(ReplicaBench::a_while);
    if (once_more) bench.set_wall_clock(std::chrono::hours(3));
    date();
    bench.save_and_sync("b.md", "saved after the clock was set");
    bench.disk.files.erase("a.md");
    bench.boot_anew(std::chrono::seconds(10));
    EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
    EXPECT_EQ(bench.disk.files.count("a.md"), 1U);
  }
}

TEST(boot_doubt, a_file_that_a_power_cut_took_is_no_deletion_though_the_clock_was_set_back_before_it_was_saved) {
  PowerBench bench;
  const auto date = [&bench] {
    bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  };
  date();
  bench.save_and_sync("b.md", "saved under another clock");
  bench.set_wall_clock(-std::chrono::hours(5));
  bench.pass(ReplicaBench::a_while);
  date();
  bench.save_and_sync("a.md", "some text");
  bench.disk.files.erase("a.md");
  bench.set_wall_clock(std::chrono::hours(8));  // the machine begins with another clock than it ended with
  bench.boot_anew(std::chrono::seconds(10));
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
  EXPECT_EQ(bench.disk.files.count("a.md"), 1U);
}

TEST(boot_doubt, a_file_that_was_deleted_long_after_its_last_save_is_deleted_though_the_clock_was_set_forward_before) {
  PowerBench bench;
  const auto date = [&bench] {
    bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  };
  date();
  bench.save_and_sync("a.md", "some text");
  bench.set_wall_clock(std::chrono::hours(5));
  bench.pass(std::chrono::minutes(5));
  date();
  bench.save_and_sync("b.md", "saved much later");
  bench.disk.files.erase("a.md");
  bench.boot_anew(std::chrono::seconds(10));
  EXPECT_EQ(bench.hub.text_at("a.md"), std::nullopt);
}

TEST(boot_doubt, a_deletion_that_the_hub_has_and_a_power_cut_took_back_stands) {
  PowerBench bench;
  bench.save_and_sync("a.md", "some text");
  bench.save_and_sync("b.md", "keeps the folder from being empty");
  const auto before = bench.disk.files.at("a.md");
  bench.remove("a.md");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.live(), 1U);
  bench.disk.files["a.md"] = before;
  bench.boot_anew();
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_EQ(bench.disk.files.count("a.md"), 0U);
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(boot_doubt, a_deleted_file_that_somebody_has_put_back_since_the_boot_is_there_again_for_everybody) {
  PowerBench bench;
  bench.save_and_sync("a.md", "some text");
  bench.save_and_sync("b.md", "keeps the folder from being empty");
  bench.remove("a.md");
  bench.pass(ReplicaBench::a_while);
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.disk.write("a.md", "some text");
  bench.boot_anew();
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
  EXPECT_EQ(bench.disk.files.count("a.md"), 1U);
}

TEST(boot_doubt, a_deleted_file_that_somebody_puts_back_after_a_power_cut_stays_though_the_clock_was_set_back) {
  PowerBench bench;
  bench.save_and_sync("b.md", "keeps the folder from being empty");
  bench.save_and_sync("a.md", "some text");
  bench.remove("a.md");
  bench.pass(ReplicaBench::a_while);
  bench.boot_anew();
  bench.set_wall_clock(-std::chrono::hours(5));
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.save_and_sync("a.md", "some text");
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
  EXPECT_EQ(bench.disk.files.count("a.md"), 1U);
}

TEST(boot_doubt,
     a_file_that_a_power_cut_took_is_not_among_those_whose_deletion_a_person_approves_with_the_whole_folder) {
  PowerBench bench;
  bench.save_and_sync("b.md", "written down long ago");
  bench.save_and_sync("c.md", "and this too");
  bench.pass(std::chrono::minutes(1));
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.save_and_sync("a.md", "some text");
  bench.disk.files.clear();  // the power took the last one, and somebody the others
  bench.boot_anew(std::chrono::seconds(30));
  ASSERT_EQ(bench.status().state, ReplicaStateName::halted);
  EXPECT_EQ(bench.hub.live(), 3U);
  bench.replica->approve(bench.now());
  bench.carry_out();
  bench.pass(std::chrono::seconds(10));
  EXPECT_EQ(bench.hub.live(), 1U);
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
  EXPECT_EQ(bench.disk.files.at("a.md").text, "some text");
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(boot_doubt, a_deletion_that_a_power_cut_took_back_together_with_the_last_save_is_no_edit) {
  PowerBench bench;
  bench.save_and_sync("a.md", "first text");
  bench.save_and_sync("b.md", "keeps the folder from being empty");
  const auto before = bench.disk.files.at("a.md");
  bench.save_and_sync("a.md", "second text");
  bench.cut();
  bench.remove("a.md");
  bench.pass(ReplicaBench::a_while);
  const auto pushes = bench.hub.pushes.size();
  bench.disk.files["a.md"] = before;
  bench.boot_anew();
  for (auto push = pushes; push < bench.hub.pushes.size(); ++push)
    EXPECT_NE(bench.hub.pushes[push].digest, digest::sha256("first text"));
}

TEST(boot_doubt, a_move_into_anothers_place_that_a_power_cut_took_back_leaves_both_documents_what_they_are) {
  PowerBench bench;
  bench.save_and_sync("a/x.md",
                      "the text that is moved, long enough to be known again by what it says and nothing else");
  bench.save_and_sync("b/x.md", "the text in whose place it comes");
  const auto moved = bench.disk.files.at("a/x.md");
  bench.cut();
  // With its folder, so that its times stay what they are.
  bench.disk.files.erase("a/x.md");
  bench.disk.files.at("b/x.md") = moved;
  bench.hint(Hint());
  bench.pass(ReplicaBench::a_while);
  const auto pushes = bench.hub.pushes.size();
  bench.disk.files["a/x.md"] = moved;
  bench.disk.files.erase("b/x.md");
  bench.boot_anew();
  EXPECT_EQ(bench.hub.live(), 2U);
  EXPECT_EQ(bench.hub.text_at("a/x.md"), moved.text);
  EXPECT_EQ(bench.versions_of("a/x.md"), 1U);
  for (auto push = pushes; push < bench.hub.pushes.size(); ++push) {
    EXPECT_EQ(bench.hub.pushes[push].path, "b/x.md") << "no document changes its place";
    EXPECT_TRUE(bench.hub.pushes[push].digest) << "none is deleted";
  }
  EXPECT_EQ(bench.disk.files.count("b/x.md"), 1U);
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(boot_doubt, a_move_into_anothers_place_that_a_power_cut_took_back_at_once_deletes_nothing) {
  PowerBench bench;
  bench.save_and_sync("a/x.md", "the text that is moved, written down long ago");
  bench.save_and_sync("b/x.md", "the text in whose place it comes");
  bench.pass(std::chrono::minutes(2));
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.save_and_sync("c.md", "the last sign of life");
  const auto moved = bench.disk.files.at("a/x.md");
  bench.disk.files.erase("a/x.md");
  bench.disk.files.at("b/x.md") = moved;
  bench.hint(Hint());
  bench.pass(Settle::absent_twice_after / 2);
  ASSERT_EQ(bench.hub.text_at("b/x.md"), moved.text) << "seen, and the other place is not yet known to be empty";
  ASSERT_EQ(bench.hub.live(), 3U);
  bench.disk.files["a/x.md"] = moved;
  bench.disk.files.erase("b/x.md");
  bench.boot_anew(std::chrono::seconds(10));
  EXPECT_EQ(bench.hub.live(), 3U);
  EXPECT_EQ(bench.disk.files.count("b/x.md"), 1U);
  EXPECT_EQ(bench.disk.files.at("a/x.md").text, moved.text);
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(boot_doubt, a_shift_of_folders_that_a_power_cut_took_back_deletes_nothing_though_the_hubs_texts_come_at_once) {
  PowerBench bench;
  bench.save_and_sync("a/x.md", "the text that makes room, written down long ago");
  bench.save_and_sync("b/x.md", "the text that comes in its place");
  bench.pass(std::chrono::minutes(2));
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.save_and_sync("d.md", "the last sign of life");
  const auto first = bench.disk.files.at("a/x.md");
  const auto second = bench.disk.files.at("b/x.md");
  // With their folders, so that their times stay what they are.
  bench.disk.files["c/x.md"] = first;
  bench.disk.files.at("a/x.md") = second;
  bench.disk.files.erase("b/x.md");
  bench.hint(Hint());
  bench.pass(Settle::absent_twice_after / 2);
  ASSERT_EQ(bench.hub.text_at("c/x.md"), first.text);
  ASSERT_EQ(bench.hub.text_at("a/x.md"), second.text);
  bench.disk.files.erase("c/x.md");
  bench.disk.files.at("a/x.md") = first;
  bench.disk.files["b/x.md"] = second;
  bench.boot_anew(std::chrono::seconds(10));
  EXPECT_EQ(bench.hub.text_at("c/x.md"), first.text) << "nobody took it away";
  EXPECT_EQ(bench.disk.files.count("c/x.md"), 1U);
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(boot_doubt, a_file_of_which_a_power_cut_left_only_the_backup_in_the_middle_of_a_save_is_no_deletion) {
  PowerBench bench;
  bench.disk.rules = std::make_shared<sync::IgnoreRules>();
  bench.save_and_sync("a.md", "some text, written down long ago");
  bench.save_and_sync("c.md", "this one its user deletes");
  bench.pass(std::chrono::minutes(2));
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.save_and_sync("b.md", "the last sign of life");
  bench.cut();
  bench.disk.files["a.md~"] = bench.disk.files.at("a.md");
  bench.disk.files.erase("a.md");
  bench.disk.files.erase("c.md");
  bench.boot_anew(std::chrono::seconds(10));
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text, written down long ago");
  EXPECT_EQ(bench.disk.files.count("a.md"), 1U);
  EXPECT_EQ(bench.hub.text_at("c.md"), std::nullopt) << "it has no backup, and stood there for long";
}

TEST(boot_doubt, two_moves_one_after_the_other_that_a_power_cut_took_back_delete_nothing) {
  PowerBench bench;
  bench.save_and_sync("a/x.md", "the text that makes room, written down long ago, and long enough to be known again");
  bench.save_and_sync("b/x.md", "the text that comes in its place, written down long ago, and long enough as well");
  bench.pass(std::chrono::minutes(2));
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.save_and_sync("d.md", "the last sign of life");
  const auto first = bench.disk.files.at("a/x.md");
  const auto second = bench.disk.files.at("b/x.md");
  // With their folders, so that their times stay what they are.
  bench.disk.files["c/x.md"] = first;
  bench.disk.files.erase("a/x.md");
  bench.hint(Hint());
  bench.pass(ReplicaBench::a_while);
  bench.disk.files["a/x.md"] = second;
  bench.disk.files.erase("b/x.md");
  bench.hint(Hint());
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.live(), 3U);
  bench.disk.files.erase("c/x.md");
  bench.disk.files.at("a/x.md") = first;
  bench.disk.files["b/x.md"] = second;
  bench.boot_anew(std::chrono::seconds(10));
  EXPECT_EQ(bench.hub.text_at("c/x.md"), first.text) << "the document at a/x.md never had its text";
  EXPECT_EQ(bench.disk.files.count("c/x.md"), 1U);
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(boot_doubt, what_the_power_took_is_no_deletion_for_a_process_either_that_begins_before_that_was_decided) {
  PowerBench bench;
  bench.save_and_sync("a.md", "some text");
  bench.save_and_sync("b.md", "keeps the folder from being empty");
  bench.disk.files.erase("a.md");
  bench.boot_anew(Settle::absent_twice_after / 2);
  EXPECT_TRUE(bench.replica->state().replica.in_doubt);
  bench.begin_again();
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
  EXPECT_EQ(bench.disk.files.at("a.md").text, "some text");
  EXPECT_FALSE(bench.replica->state().replica.in_doubt) << "it is decided";
}

TEST(boot_doubt, what_the_power_took_is_no_deletion_either_when_it_fails_again_before_that_was_decided) {
  PowerBench bench;
  const auto date = [&bench] {
    bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  };
  date();
  bench.save_and_sync("a.md", "some text");
  bench.save_and_sync("b.md", "keeps the folder from being empty");
  bench.disk.files.erase("a.md");
  bench.set_wall_clock(std::chrono::hours(5));
  bench.boot_anew(Settle::absent_twice_after / 4);
  date();
  bench.save("b.md", "saved long after it, by the clock");
  bench.pass(Settle::absent_twice_after / 2);
  ASSERT_EQ(bench.hub.text_at("b.md"), "saved long after it, by the clock");
  bench.boot_anew(std::chrono::seconds(10));
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
  EXPECT_EQ(bench.disk.files.count("a.md"), 1U);
}

TEST(boot_doubt, what_nobody_else_had_and_the_power_took_is_no_deletion_for_the_next_boot_either) {
  PowerBench bench;
  bench.save_and_sync("b.md", "keeps the folder from being empty");
  bench.cut();
  bench.save_and_sync("a.md", "some text");
  bench.disk.clock_ns += std::chrono::nanoseconds(std::chrono::minutes(2)).count();
  bench.save_and_sync("b.md", "saved long after it");
  bench.disk.files.erase("a.md");  // its folder had just been renamed
  bench.boot_anew(Settle::absent_twice_after / 2);
  ASSERT_EQ(bench.hub.text_at("a.md"), "some text") << "the hub has it, and the power fails again";
  bench.disk.files.erase("a.md");
  bench.boot_anew(std::chrono::seconds(10));
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
  EXPECT_EQ(bench.disk.files.count("a.md"), 1U);
}

}  // namespace
}  // namespace leanspec::bridge::engine
