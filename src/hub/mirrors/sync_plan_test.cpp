#include "hub/mirrors/sync_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leanspec::hub::mirrors {
namespace {

TreeEntry entry(std::string path, char id = 'a', EntryKind kind = EntryKind::file, std::uint64_t size = 10) {
  return TreeEntry{std::move(path), kind, GitId{std::string(40, id)}, size};
}

std::vector<std::string> paths(const SyncPlan& plan) {
  std::vector<std::string> all;
  for (const auto& file : plan.files) all.push_back(file.path);
  return all;
}

std::string why(const SyncPlan& plan, const std::string& path) {
  for (const auto& skipped : plan.skipped) {
    if (skipped.path == path) return skipped.why;
  }
  return "(taken)";
}

TEST(SyncPlan, files_are_taken_in_the_order_of_their_paths) {
  const std::vector<TreeEntry> entries{entry("002-b/README.md"), entry("001-a/README.md"), entry("001-a/DESIGN.md")};
  const auto plan = plan_files(entries);
  EXPECT_EQ(paths(plan), (std::vector<std::string>{"001-a/DESIGN.md", "001-a/README.md", "002-b/README.md"}));
  EXPECT_EQ(count_specs(plan), 2U);
  EXPECT_TRUE(plan.skipped.empty());
}

TEST(SyncPlan, what_is_no_file_of_ours_is_skipped_and_listed) {
  const std::vector<TreeEntry> entries{entry("link", 'a', EntryKind::symlink),
                                       entry("sub", 'a', EntryKind::submodule),
                                       entry("a\\b.md"),
                                       entry("CON"),
                                       entry("x/../../etc/passwd"),
                                       entry("caf\xEF\xBF\xBD.md"),
                                       entry("bad\xFF.md"),
                                       entry("Readme.md"),
                                       entry("README.md"),
                                       entry("big.bin", 'a', EntryKind::file, 100 * 1024 * 1024)};
  const auto plan = plan_files(entries);
  EXPECT_EQ(paths(plan), (std::vector<std::string>{"README.md"}));
  EXPECT_EQ(why(plan, "link"), "it is a symbolic link");
  EXPECT_EQ(why(plan, "sub"), "it is a submodule, another repository");
  EXPECT_EQ(why(plan, "caf\xEF\xBF\xBD.md"), "its name is no UTF-8");
  EXPECT_EQ(why(plan, "big.bin"), "it is larger than 8 MiB");
  EXPECT_EQ(why(plan, "Readme.md"), "another file's name differs from its only in case");
  EXPECT_EQ(plan.skipped.size(), 9U);
}

TEST(SyncPlan, droppings_of_editors_are_nobodys_files) {
  const std::vector<TreeEntry> entries{entry(".git/config"), entry("a.md.swp"), entry("a.md")};
  EXPECT_EQ(paths(plan_files(entries)), (std::vector<std::string>{"a.md"}));
}

TEST(SyncPlan, at_each_limit_the_next_file_is_skipped) {
  const std::vector<TreeEntry> entries{entry("a"), entry("b"), entry("c")};
  PlanLimits two_files;
  two_files.files_max = 2;
  EXPECT_EQ(paths(plan_files(entries, two_files)), (std::vector<std::string>{"a", "b"}));
  PlanLimits thirty_bytes;
  thirty_bytes.all_bytes_max = 30;
  EXPECT_EQ(plan_files(entries, thirty_bytes).files.size(), 3U);
  thirty_bytes.all_bytes_max = 29;
  EXPECT_EQ(plan_files(entries, thirty_bytes).files.size(), 2U);
  PlanLimits ten_bytes;
  ten_bytes.file_bytes_max = 10;
  EXPECT_EQ(plan_files(entries, ten_bytes).files.size(), 3U);
  ten_bytes.file_bytes_max = 9;
  EXPECT_EQ(plan_files(entries, ten_bytes).files.size(), 0U);
}

TEST(SyncPlan, each_unknown_blob_is_fetched_once) {
  const std::vector<TreeEntry> entries{entry("a", 'a'), entry("b", 'b'), entry("c", 'a'), entry("d", 'd')};
  const auto missing = missing_blobs(plan_files(entries), {GitId{std::string(40, 'b')}});
  ASSERT_EQ(missing.size(), 2U);
  EXPECT_EQ(missing[0].path, "a");
  EXPECT_EQ(missing[1].path, "d");
}

TEST(SyncPlan, a_pointer_of_git_lfs_is_recognised_and_a_text_about_it_is_not) {
  EXPECT_TRUE(is_lfs_pointer("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"));
  EXPECT_FALSE(is_lfs_pointer("See version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n"));
  EXPECT_FALSE(is_lfs_pointer(""));
  EXPECT_FALSE(is_lfs_pointer("version https://git-lfs.github.com/spec/v1\noid sha256:1\n" + std::string(2000, 'x')));
}

}  // namespace
}  // namespace leanspec::hub::mirrors
