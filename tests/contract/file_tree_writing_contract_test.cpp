// What every host::WritableFileTree promises of its writes, on the real disk and on the one in memory.
#include <gtest/gtest.h>

#include <string>

#include "tests/contract/disk_under_test.h"

namespace leanspec {
namespace {

TEST_P(FileTreeContract, a_file_is_made_whole_with_the_bits_that_it_was_given_and_over_nothing) {
  disk->make_folder("b");
  ASSERT_TRUE(tree.create("b/a.md", "text", 0640));
  EXPECT_EQ(text("b/a.md"), "text");
  EXPECT_EQ(tree.facts("b/a.md")->mode, 0640U);
  ASSERT_TRUE(tree.create("empty.md", "", 0600));
  EXPECT_EQ(text("empty.md"), "");
  EXPECT_EQ(tree.create("b/a.md", "other", 0600).error().code, ErrorCode::already_exists);
  EXPECT_EQ(text("b/a.md"), "text");
  EXPECT_EQ(tree.create("none/a.md", "x", 0600).error().code, ErrorCode::not_found);
}

TEST_P(FileTreeContract, many_files_are_made_at_once_and_each_stands_or_fails_alone) {
  disk->write("taken.md", "mine");
  disk->make_folder("folder");
  std::vector<host::WritableFileTree::NewFile> files{{"taken.md", "theirs", 0644}, {"nowhere/a.md", "x", 0644}};
  for (int number = 0; number < 40; ++number)
    files.push_back({"folder/" + std::to_string(number) + ".md", "a text", number % 2 == 0 ? 0640U : 0755U});
  const auto made = tree.create_all(files);
  ASSERT_EQ(made.size(), files.size());
  EXPECT_EQ(made[0].error().code, ErrorCode::already_exists);
  EXPECT_EQ(made[1].error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.read("taken.md", limit)->bytes, "mine");
  for (std::size_t number = 2; number < files.size(); ++number) {
    EXPECT_TRUE(made[number]) << files[number].path;
    EXPECT_EQ(tree.read(files[number].path, limit)->bytes, "a text");
    EXPECT_EQ(tree.facts(files[number].path)->mode, files[number].mode);
  }
  EXPECT_TRUE(tree.create_all({}).empty());
  const auto synced = tree.sync_folders({"folder", "nowhere", ""});
  ASSERT_EQ(synced.size(), 3U);
  EXPECT_TRUE(synced[0]);
  EXPECT_EQ(synced[1].error().code, ErrorCode::not_found);
  EXPECT_TRUE(synced[2]);
}

TEST_P(FileTreeContract, two_files_change_places_with_all_that_belongs_to_them) {
  disk->make_folder("b");
  disk->write("a.md", "first");
  disk->write("b/c.md", "second, longer");
  const auto first = *tree.facts("a.md");
  const auto second = *tree.facts("b/c.md");
  ASSERT_TRUE(tree.exchange("a.md", "b/c.md"));
  EXPECT_EQ(text("a.md"), "second, longer");
  EXPECT_EQ(text("b/c.md"), "first");
  EXPECT_EQ(tree.facts("a.md")->inode, second.inode);
  EXPECT_EQ(tree.facts("b/c.md")->inode, first.inode);
  EXPECT_EQ(tree.facts("b/c.md")->modified_ns, first.modified_ns);
  EXPECT_EQ(tree.exchange("a.md", "none.md").error().code, ErrorCode::not_found);
  EXPECT_EQ(text("a.md"), "second, longer");
}

TEST_P(FileTreeContract, a_file_moves_to_a_free_name_only) {
  disk->make_folder("b");
  disk->write("a.md", "text");
  disk->write("taken.md", "mine");
  EXPECT_EQ(tree.move("a.md", "taken.md").error().code, ErrorCode::already_exists);
  EXPECT_EQ(text("taken.md"), "mine");
  EXPECT_EQ(tree.move("a.md", "b").error().code, ErrorCode::already_exists);
  EXPECT_EQ(tree.move("a.md", "none/a.md").error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.move("none.md", "x.md").error().code, ErrorCode::not_found);
  ASSERT_TRUE(tree.move("a.md", "b/c.md"));
  EXPECT_EQ(text("b/c.md"), "text");
  EXPECT_FALSE(tree.facts("a.md"));
}

TEST_P(FileTreeContract, files_and_empty_folders_are_removed_and_nothing_else) {
  disk->make_folder("b");
  disk->write("b/a.md", "text");
  EXPECT_EQ(tree.remove_folder("b").error().code, ErrorCode::conflict);
  EXPECT_FALSE(tree.remove_file("b"));
  ASSERT_TRUE(tree.remove_file("b/a.md"));
  EXPECT_EQ(tree.remove_file("b/a.md").error().code, ErrorCode::not_found);
  ASSERT_TRUE(tree.sync_folder("b"));
  ASSERT_TRUE(tree.remove_folder("b"));
  EXPECT_FALSE(tree.facts("b"));
  ASSERT_TRUE(tree.make_folder("b"));
  EXPECT_EQ(tree.make_folder("b").error().code, ErrorCode::already_exists);
  EXPECT_TRUE(tree.sync_folder(""));
  EXPECT_EQ(tree.sync_folder("none").error().code, ErrorCode::not_found);
}

TEST_P(FileTreeContract, a_file_gets_a_second_free_name_and_stays_one_file) {
  disk->make_folder("b");
  disk->write("a.md", "text");
  disk->write("taken.md", "mine");
  ASSERT_TRUE(tree.link("a.md", "b/c.md"));
  EXPECT_EQ(tree.facts("b/c.md")->inode, tree.facts("a.md")->inode);
  disk->write("a.md", "changed");
  EXPECT_EQ(text("b/c.md"), "changed");
  EXPECT_EQ(tree.link("a.md", "taken.md").error().code, ErrorCode::already_exists);
  EXPECT_EQ(tree.link("none.md", "x.md").error().code, ErrorCode::not_found);
  ASSERT_TRUE(tree.remove_file("a.md"));
  EXPECT_EQ(text("b/c.md"), "changed");
}

TEST_P(FileTreeContract, a_file_is_put_over_another_or_in_a_free_place) {
  disk->make_folder("b");
  disk->write("a.md", "text");
  disk->write("b/c.md", "old");
  ASSERT_TRUE(tree.put_over("a.md", "b/c.md"));
  EXPECT_EQ(text("b/c.md"), "text");
  EXPECT_FALSE(tree.facts("a.md"));
  ASSERT_TRUE(tree.put_over("b/c.md", "free.md"));
  EXPECT_EQ(text("free.md"), "text");
  EXPECT_EQ(tree.put_over("none.md", "free.md").error().code, ErrorCode::not_found);
  EXPECT_EQ(text("free.md"), "text");
}

TEST_P(FileTreeContract, a_new_file_has_the_usual_bits_if_none_are_given) {
  disk->write("made_by_a_program.md", "x");
  ASSERT_TRUE(tree.create("a.md", "text", host::usual_mode));
  EXPECT_EQ(tree.facts("a.md")->mode, tree.facts("made_by_a_program.md")->mode);
}

TEST_P(FileTreeContract, nothing_is_written_outside_the_root_or_through_a_link) {
  disk->make_folder("folder");
  disk->write("a.md", "x");
  disk->make_symlink("link", "folder");
  for (const char* path : {"../a.md", "/tmp/leanspec-a.md", "folder/../b.md", "link/b.md", "", "folder/"}) {
    EXPECT_FALSE(tree.create(path, "x", 0600)) << path;
    EXPECT_FALSE(tree.move("a.md", path)) << path;
    EXPECT_FALSE(tree.exchange("a.md", path)) << path;
    EXPECT_FALSE(tree.make_folder(path)) << path;
    EXPECT_FALSE(tree.remove_folder(path) && *path != '\0') << path;
  }
  EXPECT_EQ(text("a.md"), "x");
  EXPECT_TRUE(tree.list("folder")->empty());
}

}  // namespace
}  // namespace leanspec
