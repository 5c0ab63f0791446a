#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/fakes/memory_file_tree.h"
#include "tests/fakes/seeded_entropy.h"

// What the fake disk promises about a power cut, which the real one cannot be asked in a test.
namespace leanspec::fakes {
namespace {

using std::chrono::seconds;

/// Every text that the file may have after a power cut; "(none)" where it is not there.
std::set<std::string> outcomes(const MemoryFileTree& disk, const std::string& path) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    MemoryFileTree after = disk;
    SeededEntropy chance(seed);
    after.cut_power([&](std::uint64_t below) { return (chance.next() >> 8U) % below; });
    seen.insert(after.content(path).value_or("(none)"));
  }
  return seen;
}

MemoryFileTree with_old_file() {
  MemoryFileTree disk;
  disk.write("a.md", "old");
  disk.set_moment(seconds{60});
  return disk;
}

TEST(power_cut, what_was_made_and_whose_folder_was_synced_survives) {
  auto disk = with_old_file();
  ASSERT_TRUE(disk.create("b.md", "new", 0644));
  EXPECT_TRUE(disk.is_ours_and_uncertain("b.md"));
  EXPECT_EQ(outcomes(disk, "b.md"), (std::set<std::string>{"(none)", "new"})) << "never torn";
  ASSERT_TRUE(disk.sync_folder(""));
  EXPECT_FALSE(disk.is_ours_and_uncertain("b.md"));
  EXPECT_EQ(outcomes(disk, "b.md"), (std::set<std::string>{"new"}));
}

TEST(power_cut, an_exchange_is_taken_back_whole_or_stands_whole) {
  auto disk = with_old_file();
  ASSERT_TRUE(disk.create("b.md", "new", 0644));
  ASSERT_TRUE(disk.sync_folder(""));
  ASSERT_TRUE(disk.exchange("a.md", "b.md"));
  EXPECT_EQ(outcomes(disk, "a.md"), (std::set<std::string>{"new", "old"}));
}

TEST(power_cut, a_save_that_nobody_synced_leaves_the_old_text_the_new_one_a_part_or_nothing) {
  auto disk = with_old_file();
  disk.write("a.md", "newer");
  const auto seen = outcomes(disk, "a.md");
  for (const auto* text : {"old", "newer", "", "new"}) EXPECT_TRUE(seen.contains(text)) << text;
  EXPECT_FALSE(seen.contains("(none)"));
}

TEST(power_cut, the_system_writes_back_by_itself_after_a_while) {
  auto disk = with_old_file();
  disk.write("a.md", "newer");
  disk.write("c.md", "other");
  disk.remove("a.md");
  disk.set_moment(seconds{100});
  EXPECT_EQ(outcomes(disk, "a.md"), (std::set<std::string>{"(none)"}));
  EXPECT_EQ(outcomes(disk, "c.md"), (std::set<std::string>{"other"}));
}

TEST(power_cut, who_forgets_to_sync_is_found_out) {
  auto disk = with_old_file();
  disk.set_syncs(false, false);
  ASSERT_TRUE(disk.create("b.md", "new", 0644));
  ASSERT_TRUE(disk.sync_folder(""));
  EXPECT_TRUE(disk.is_ours_and_uncertain("b.md"));
  EXPECT_TRUE(outcomes(disk, "b.md").contains(""));
}

}  // namespace
}  // namespace leanspec::fakes
