// What every host::FileTree promises, on the real disk and on the one in memory.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/contract/disk_under_test.h"

namespace leanspec {
namespace {

using host::FileKind;

TEST_P(FileTreeContract, a_file_is_read_whole_with_its_facts) {
  disk->write("a.md", "hello");
  const auto content = tree.read("a.md", limit);
  ASSERT_TRUE(content);
  EXPECT_EQ(content->bytes, "hello");
  EXPECT_TRUE(content->stable);
  EXPECT_EQ(content->facts, *tree.facts("a.md"));
  EXPECT_EQ(content->facts.kind, FileKind::regular);
  EXPECT_EQ(content->facts.size, 5U);
  EXPECT_EQ(content->facts.mode & 0600U, 0600U);
}

TEST_P(FileTreeContract, an_empty_file_is_a_file) {
  disk->write("a.md", "");
  EXPECT_EQ(tree.read("a.md", limit)->bytes, "");
}

TEST_P(FileTreeContract, the_limit_is_the_largest_size_that_is_read) {
  disk->write("at.md", std::string(limit, 'x'));
  disk->write("over.md", std::string(limit + 1, 'x'));
  EXPECT_EQ(tree.read("at.md", limit)->bytes.size(), limit);
  EXPECT_EQ(tree.read("over.md", limit).error().code, ErrorCode::too_large);
}

TEST_P(FileTreeContract, names_come_in_bytewise_order_with_their_kind) {
  disk->make_folder("b");
  disk->write("b/inner.md", "x");
  disk->write("a.md", "x");
  disk->write("Z.md", "x");
  disk->make_symlink("link", "a.md");
  const auto entries = tree.list("");
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 4U);
  EXPECT_EQ((*entries)[0].name, "Z.md");
  EXPECT_EQ((*entries)[1].name, "a.md");
  EXPECT_EQ((*entries)[2].name, "b");
  EXPECT_EQ((*entries)[2].kind, FileKind::directory);
  EXPECT_EQ((*entries)[3].name, "link");
  EXPECT_EQ((*entries)[3].kind, FileKind::symlink);
  ASSERT_EQ(tree.list("b")->size(), 1U);
}

TEST_P(FileTreeContract, what_is_not_there_is_not_found) {
  EXPECT_EQ(tree.facts("none").error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.list("none").error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.read("none/deeper", limit).error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.has_writer("none").error().code, ErrorCode::not_found);
}

TEST_P(FileTreeContract, no_path_leaves_the_root) {
  for (const char* path : {"..", "../specs", "/etc/passwd", "a/../b", "./a", "a//b", "a/"}) {
    EXPECT_EQ(tree.facts(path).error().code, ErrorCode::invalid) << path;
    EXPECT_EQ(tree.read(path, limit).error().code, ErrorCode::invalid) << path;
  }
}

TEST_P(FileTreeContract, a_symbolic_link_is_seen_and_never_followed) {
  disk->make_folder("folder");
  disk->write("folder/a.md", "x");
  disk->make_symlink("link", "folder");
  EXPECT_EQ(tree.facts("link")->kind, FileKind::symlink);
  EXPECT_EQ(tree.read("link", limit).error().code, ErrorCode::invalid);
  EXPECT_FALSE(tree.read("link/a.md", limit));
  EXPECT_FALSE(tree.facts("link/a.md"));
  EXPECT_FALSE(tree.list("link"));
}

TEST_P(FileTreeContract, unreadable_is_unknown_and_not_absent) {
  disk->write("a.md", "x");
  disk->make_folder("folder");
  disk->write("folder/b.md", "x");
  disk->make_unreadable("a.md");
  disk->make_unreadable("folder");
  EXPECT_TRUE(tree.facts("a.md"));
  EXPECT_EQ(tree.read("a.md", limit).error().code, ErrorCode::forbidden);
  EXPECT_EQ(tree.list("folder").error().code, ErrorCode::forbidden);
  EXPECT_EQ(tree.facts("folder/b.md").error().code, ErrorCode::forbidden);
}

TEST_P(FileTreeContract, saving_in_place_keeps_the_inode_and_saving_by_rename_does_not) {
  disk->write("a.md", "one");
  const auto first = *tree.facts("a.md");
  disk->write("a.md", "three");
  const auto in_place = *tree.facts("a.md");
  EXPECT_EQ(in_place.inode, first.inode);
  EXPECT_NE(in_place, first);
  disk->replace("a.md", "seven");
  EXPECT_NE(tree.facts("a.md")->inode, first.inode);
}

TEST_P(FileTreeContract, a_moved_file_keeps_inode_and_birth) {
  disk->write("a.md", "x");
  const auto before = *tree.facts("a.md");
  disk->move("a.md", "b.md");
  const auto after = *tree.facts("b.md");
  EXPECT_EQ(after.inode, before.inode);
  EXPECT_EQ(after.born_ns, before.born_ns);
  EXPECT_EQ(after.modified_ns, before.modified_ns);
  EXPECT_EQ(tree.facts("a.md").error().code, ErrorCode::not_found);
}

TEST_P(FileTreeContract, an_open_writer_is_noticed_until_it_closes) {
  disk->write("a.md", "x");
  EXPECT_FALSE(*tree.has_writer("a.md"));
  disk->open_writer("a.md");
  EXPECT_TRUE(*tree.has_writer("a.md"));
  disk->close_writer();
  EXPECT_FALSE(*tree.has_writer("a.md"));
}

TEST_P(FileTreeContract, a_root_that_went_away_is_not_found_and_the_same_one_when_it_returns) {
  disk->write("a.md", "x");
  const auto before = *tree.facts("");
  disk->take_root_away();
  EXPECT_EQ(tree.facts("").error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.list("").error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.facts("a.md").error().code, ErrorCode::not_found);
  disk->bring_root_back();
  const auto after = *tree.facts("");
  EXPECT_EQ(after.device, before.device);
  EXPECT_EQ(after.inode, before.inode);
  EXPECT_EQ(tree.read("a.md", limit)->bytes, "x");
}

INSTANTIATE_TEST_SUITE_P(Disks, FileTreeContract,
                         testing::Values(DiskKind{"memory", [] { return std::make_unique<MemoryDisk>(); }},
                                         DiskKind{"real", [] { return std::make_unique<RealDisk>(); }}),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace leanspec
