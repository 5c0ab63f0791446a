#include "hub/sources/folder_follower.h"

#include <gtest/gtest.h>

#include "tests/fakes/memory_file_tree.h"

namespace leanspec::hub::sources {
namespace {

class FolderFollowerTest : public ::testing::Test {
 protected:
  FolderLook look() {
    now += 1'000'000'000;
    auto looked = follower.look(now);
    EXPECT_TRUE(looked) << looked.error().sentence();
    return looked ? *std::move(looked) : FolderLook();
  }
  FolderLook look_at(std::set<std::string> files) {
    now += 1'000'000'000;
    auto looked = follower.look_at_files(std::move(files), now);
    EXPECT_TRUE(looked) << looked.error().sentence();
    return looked ? *std::move(looked) : FolderLook();
  }
  static std::vector<std::string> paths(const FolderLook& look) {
    std::vector<std::string> paths;
    for (const SeenFile& file : look.changed) paths.push_back(file.path);
    return paths;
  }

  fakes::MemoryFileTree disk;
  FolderFollower follower{disk};
  std::int64_t now = 4'000'000'000'000'000'000;
};

using Paths = std::vector<std::string>;

TEST_F(FolderFollowerTest, tells_what_is_new_changed_and_gone_and_nothing_else) {
  disk.write("001-a/README.md", "a");
  disk.write("archived/002-b/README.md", "b");
  disk.write("001-a/.README.md.swp", "x");
  EXPECT_EQ(paths(look()), (Paths{"001-a/README.md", "archived/002-b/README.md"}));
  EXPECT_TRUE(paths(look()).empty());
  disk.write("001-a/README.md", "a2");
  disk.remove("archived");
  const FolderLook third = look();
  ASSERT_EQ(paths(third), Paths{"001-a/README.md"});
  EXPECT_EQ(*third.changed[0].bytes, "a2");
  EXPECT_EQ(third.gone, Paths{"archived/002-b/README.md"});
}

TEST_F(FolderFollowerTest, reads_a_file_only_when_its_facts_differ) {
  for (int i = 0; i < 50; ++i) disk.write(std::to_string(i) + "-a/README.md", "text");
  (void)look();
  (void)look();
  const auto read = follower.figures().files_read;
  for (int i = 0; i < 20; ++i) (void)look();
  EXPECT_EQ(follower.figures().files_read, read);
  disk.write("7-a/README.md", "other");
  (void)look();
  EXPECT_EQ(follower.figures().files_read, read + 1);
}

TEST_F(FolderFollowerTest, a_look_at_some_files_sees_these_and_no_other) {
  for (const char* path : {"1-a/README.md", "2-b/README.md", "3-c/README.md"}) disk.write(path, path);
  (void)look();
  disk.write("1-a/README.md", "new");
  disk.write("2-b/README.md", "not heard of");
  disk.remove("3-c/README.md");
  disk.write("4-d/README.md", "4");
  const auto seen = follower.figures().files_seen;
  const FolderLook some = look_at({"1-a/README.md", "3-c/README.md", "4-d/README.md", "5-e/README.md"});
  EXPECT_EQ(paths(some), (Paths{"1-a/README.md", "4-d/README.md"}));
  EXPECT_EQ(some.gone, Paths{"3-c/README.md"});
  EXPECT_LE(follower.figures().files_seen, seen + 4);
  EXPECT_EQ(paths(look()), Paths{"2-b/README.md"});
}

TEST_F(FolderFollowerTest, what_was_written_just_before_a_look_is_read_again_with_the_next_files) {
  disk.write("1-a/README.md", "one");
  disk.write("2-b/README.md", "two");
  auto first = follower.look(disk.facts("1-a/README.md")->changed_ns);
  ASSERT_TRUE(first);
  const auto read = follower.figures().files_read;
  EXPECT_TRUE(paths(look_at({})).empty());
  EXPECT_EQ(follower.figures().files_read, read + 2);
  (void)look_at({});
  EXPECT_EQ(follower.figures().files_read, read + 2);
}

TEST_F(FolderFollowerTest, files_that_are_all_gone_at_once_are_not_taken_for_deleted_by_a_look_at_some_either) {
  disk.write("1-a/README.md", "one");
  disk.write("2-b/README.md", "two");
  (void)look();
  disk.remove("1-a/README.md");
  disk.remove("2-b/README.md");
  EXPECT_FALSE(follower.look_at_files({"1-a/README.md", "2-b/README.md"}, now));
  disk.write("1-a/README.md", "one");
  EXPECT_EQ(look().gone, Paths{"2-b/README.md"});
}

TEST_F(FolderFollowerTest, a_file_that_says_the_same_again_is_no_change) {
  disk.write("1-a/README.md", "text");
  (void)look();
  disk.replace("1-a/README.md", "text");
  EXPECT_TRUE(paths(look()).empty());
}

TEST_F(FolderFollowerTest, what_cannot_be_read_is_not_taken_for_gone) {
  disk.write("1-a/README.md", "text");
  disk.write("2-b/README.md", "text");
  (void)look();
  disk.set_failing("1-a", Error(ErrorCode::forbidden, "permission denied"));
  const FolderLook seen = look();
  EXPECT_TRUE(seen.gone.empty());
  EXPECT_EQ(seen.skipped.size(), 1U);
}

TEST_F(FolderFollowerTest, a_folder_that_is_away_or_empty_all_at_once_is_an_error_and_changes_nothing) {
  disk.write("1-a/README.md", "text");
  disk.write("2-b/README.md", "text");
  (void)look();
  disk.take_root_away();
  EXPECT_FALSE(follower.look(now));
  disk.bring_root_back();
  EXPECT_TRUE(look().gone.empty());
  disk.mount_empty_root();
  EXPECT_FALSE(follower.look(now));
}

TEST_F(FolderFollowerTest, a_link_is_told_and_not_followed) {
  disk.write("1-a/README.md", "text");
  disk.make_symlink("2-b");
  const FolderLook seen = look();
  ASSERT_EQ(seen.skipped.size(), 1U);
  EXPECT_EQ(seen.skipped[0].path, "2-b");
}

}  // namespace
}  // namespace leanspec::hub::sources
