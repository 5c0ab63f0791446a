#include "bridge/engine/boot_doubt.h"

#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "tests/fakes/power_bench.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::PowerBench;
using fakes::ReplicaBench;

// Law 10
TEST(boot_doubt, a_file_that_is_an_older_version_after_a_power_cut_is_brought_forward_and_not_sent) {
  PowerBench bench;
  bench.save_and_sync("a.md", "first text");
  const auto before = bench.disk.files.at("a.md");
  bench.save_and_sync("a.md", "second text");
  const auto pushes = bench.hub.pushes.size();
  bench.disk.files.at("a.md") = before;
  bench.boot_anew();
  EXPECT_EQ(bench.hub.pushes.size(), pushes);
  EXPECT_EQ(bench.hub.text_at("a.md"), "second text");
  EXPECT_EQ(bench.disk.files.at("a.md").text, "second text");
  EXPECT_TRUE(bench.replica->quiet());
}

TEST(boot_doubt, what_a_power_cut_left_empty_or_cut_short_is_brought_back) {
  PowerBench bench;
  bench.save_and_sync("a.md", "some text");
  bench.save_and_sync("b.md", "other text");
  bench.disk.files.at("a.md").text = "";
  bench.disk.files.at("b.md").text = "other";  // with the time of change that the bridge knows
  bench.boot_anew();
  EXPECT_EQ(bench.disk.files.at("a.md").text, "some text");
  EXPECT_EQ(bench.disk.files.at("b.md").text, "other text");
  EXPECT_EQ(bench.versions_of("a.md"), 1U);
  EXPECT_EQ(bench.versions_of("b.md"), 1U);
}

TEST(boot_doubt, a_file_that_was_saved_while_no_bridge_ran_and_that_a_power_cut_left_empty_is_brought_back) {
  PowerBench bench;
  bench.save_and_sync("a.md", "some text");
  auto& file = bench.disk.files.at("a.md");
  file.text = "";  // with the time of change of a save that the bridge knows nothing of
  file.changed = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count() -
                 std::chrono::nanoseconds(bench.now().boot.time_since_epoch()).count() -
                 std::chrono::nanoseconds(std::chrono::seconds(1)).count();
  const auto known = bench.replica->state().local.begin()->second.file.facts.changed_ns;
  ASSERT_GT(file.changed, known);
  bench.boot_anew();
  EXPECT_EQ(bench.hub.text_at("a.md"), "some text");
  EXPECT_EQ(bench.disk.files.at("a.md").text, "some text");
}

TEST(boot_doubt, a_text_that_a_power_cut_left_travels_with_its_bytes_when_it_is_renamed) {
  PowerBench bench(SyncMode::push);
  bench.save_and_sync("a.md", "some text");
  bench.disk.files.at("a.md").text = "some";
  bench.boot_anew();
  EXPECT_EQ(bench.versions_of("a.md"), 1U) << "nothing is written here, and it is no edit";
  bench.rename("a.md", "b.md");
  bench.pass(ReplicaBench::a_while);
  for (const auto& [change, pending] : bench.replica->state().pending)
    EXPECT_TRUE(!pending.digest || pending.moved_only || bench.replica->state().bodies.contains(*pending.digest));
  EXPECT_FALSE(std::holds_alternative<wire::UnchangedBody>(bench.hub.pushes.back().content));
}

TEST(boot_doubt, what_was_on_its_way_when_the_power_failed_arrives_and_comes_back) {
  PowerBench bench;
  bench.save_and_sync("a.md", "first text");
  const auto before = bench.disk.files.at("a.md");
  bench.hold_messages = true;
  bench.save("a.md", "second text");
  bench.pass(std::chrono::milliseconds{100});
  bench.hold_messages = false;
  bench.disk.files.at("a.md") = before;
  bench.boot_anew();
  EXPECT_EQ(bench.hub.text_at("a.md"), "second text");
  EXPECT_EQ(bench.disk.files.at("a.md").text, "second text");
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
}

TEST(boot_doubt, what_somebody_wrote_after_the_boot_is_an_edit_even_if_it_is_an_older_text) {
  PowerBench bench;
  bench.save_and_sync("a.md", "first text");
  bench.save_and_sync("a.md", "second text");
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.disk.write("a.md", "first text");
  bench.boot_anew();
  EXPECT_EQ(bench.hub.text_at("a.md"), "first text");
}

TEST(boot_doubt, an_older_text_that_was_renamed_before_the_bridge_saw_it_is_no_edit) {
  PowerBench bench;
  bench.save_and_sync("a.md", "first text");
  const auto before = bench.disk.files.at("a.md");
  const auto first = bench.replica->state().synced.begin()->second.version;
  bench.save_and_sync("a.md", "second text");
  bench.disk.files.erase("a.md");
  bench.disk.files["b.md"] = before;
  bench.boot_anew();
  const auto& rename = bench.hub.pushes.back();
  EXPECT_EQ(rename.path, "b.md");
  EXPECT_EQ(rename.base, first) << "the hub joins the new name and the newer text";
  EXPECT_TRUE(std::holds_alternative<wire::UnchangedBody>(rename.content));
}

TEST(boot_doubt, a_shorter_file_that_was_moved_into_the_place_of_another_is_an_edit) {
  PowerBench bench;
  bench.save_and_sync("b.md", "short");
  bench.save_and_sync("a.md", "a much longer text that was saved later");
  bench.disk.write("b.md", "typed");
  const auto typed = bench.disk.files.extract("b.md").mapped();
  bench.disk.files.at("a.md").text = typed.text;
  bench.disk.files.at("a.md").inode = typed.inode;
  bench.disk.files.at("a.md").born = typed.born;
  bench.boot_anew();
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("typed"))) << "the user's text is nowhere else";
}

TEST(boot_doubt, a_shorter_save_under_a_clock_that_was_set_back_is_an_edit_where_nobody_knows_what_was_there) {
  PowerBench bench;
  // Of so large a text no bytes are kept at hand.
  bench.save_and_sync("a.md", std::string(wire::limits::delta_document_bytes_max + 1, 'x'));
  auto& file = bench.disk.files.at("a.md");
  file.text = "typed";
  file.changed -= std::chrono::nanoseconds(std::chrono::minutes(5)).count();
  bench.boot_anew();
  EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("typed"))) << "the user's text is nowhere else";
}

TEST(boot_doubt, the_front_of_a_text_saved_after_the_clock_was_set_back_is_an_edit) {
  for (const auto written_before_boot : {std::chrono::hours(0), std::chrono::hours(2)}) {
    PowerBench bench;
    const std::chrono::nanoseconds wall = bench.now().wall.time_since_epoch();
    bench.disk.clock_ns = (wall + std::chrono::hours(5)).count();
    bench.save_and_sync("a.md", "a text and more of it");
    auto& file = bench.disk.files.at("a.md");
    file.text = "a text";
    file.changed = (wall - written_before_boot).count();
    bench.boot_anew();
    EXPECT_TRUE(bench.hub.bodies.contains(digest::sha256("a text"))) << "the user's text is nowhere else";
  }
}

TEST(boot_doubt, a_time_in_the_future_says_nothing_of_when_a_text_was_written) {
  PowerBench bench;
  bench.save_and_sync("a.md", "first text");
  auto before = bench.disk.files.at("a.md");
  bench.save_and_sync("a.md", "second text");
  before.changed = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count() * 2;
  bench.disk.files.at("a.md") = before;
  bench.boot_anew();
  EXPECT_EQ(bench.hub.text_at("a.md"), "second text");
}

TEST(boot_doubt, an_older_text_of_which_nothing_is_known_since_the_memory_was_lost_joins_like_one_that_is_found) {
  PowerBench bench;
  bench.save_and_sync("a.md", "first text");
  const auto before = bench.disk.files.at("a.md");
  bench.save_and_sync("a.md", "second text");
  bench.store = fakes::MemoryStateStore();
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  const auto pushes = bench.hub.pushes.size();
  bench.disk.files.at("a.md") = before;
  bench.boot_anew();
  for (auto push = pushes; push < bench.hub.pushes.size(); ++push)
    EXPECT_FALSE(bench.hub.pushes[push].base) << "no edit of the second text";
}

// A second power cut took a new name back, of which the time of change stayed.
TEST(boot_doubt, an_older_text_that_had_another_name_for_a_while_joins_as_well) {
  PowerBench bench;
  bench.save_and_sync("a.md", "first text");
  auto before = bench.disk.files.at("a.md");
  bench.save_and_sync("a.md", "second text");
  bench.store = fakes::MemoryStateStore();
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  const auto pushes = bench.hub.pushes.size();
  before.modified = before.changed;
  before.changed = bench.disk.files.at("a.md").changed + 1;
  bench.disk.files.at("a.md") = before;
  bench.boot_anew();
  for (auto push = pushes; push < bench.hub.pushes.size(); ++push)
    EXPECT_FALSE(bench.hub.pushes[push].base) << "no edit of the second text";
  EXPECT_EQ(bench.hub.text_at("a.md"), "second text");
}

TEST(boot_doubt, what_somebody_saved_since_the_boot_is_an_edit_while_another_file_is_still_in_doubt) {
  PowerBench bench(SyncMode::push);
  bench.save_and_sync("a.md", "some text");
  bench.save_and_sync("b.md", "a longer text");
  bench.disk.files.erase("a.md");
  bench.disk.clock_ns = std::chrono::nanoseconds(bench.now().wall.time_since_epoch()).count();
  bench.boot_anew(std::chrono::milliseconds{500});
  bench.save("b.md", "a longer text, saved after the boot");
  bench.pass(std::chrono::milliseconds{500});
  ASSERT_TRUE(bench.replica->state().replica.in_doubt);
  bench.disk.files.at("b.md").text = "a longer text";  // in the same moment, for a disk that counts whole seconds
  bench.begin_again();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.versions_of("b.md"), 3U);
}

TEST(boot_doubt, within_one_boot_nothing_is_doubted) {
  PowerBench bench;
  bench.save_and_sync("a.md", "first text");
  const auto before = bench.disk.files.at("a.md");
  bench.save_and_sync("a.md", "second text");
  bench.disk.files.at("a.md") = before;
  bench.start();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.hub.text_at("a.md"), "first text");
}

}  // namespace
}  // namespace leanspec::bridge::engine
