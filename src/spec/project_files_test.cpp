#include "spec/project_files.h"

#include <gtest/gtest.h>

#include <string>

#include "spec/project_sample.h"

namespace leanspec::spec {
namespace {

using Paths = std::vector<std::string>;

FileList list_of(const Paths& paths) {
  std::vector<FileChange> changes;
  for (const auto& path : paths) changes.push_back(sample_change(path, "x"));
  return update_files({}, changes).files;
}

Paths paths_of(const FileList& files) {
  Paths paths;
  for (const auto& node : files) paths.push_back(node->file.path);
  return paths;
}

TEST(ProjectFiles, changes_are_merged_in_and_named) {
  const auto before = list_of({"b.md", "a.md", "1-x/README.md"});
  EXPECT_EQ(paths_of(before), (Paths{"1-x/README.md", "a.md", "b.md"}));
  const std::vector<FileChange> changes{sample_change("c.md", "new"), sample_removal("a.md"),
                                        sample_change("b.md", "other"), sample_removal("none")};
  const auto update = update_files(before, changes);
  EXPECT_EQ(paths_of(update.files), (Paths{"1-x/README.md", "b.md", "c.md"}));
  EXPECT_EQ(update.files[0], before[0]);
  EXPECT_EQ(update.parsed, 0U);
  ASSERT_EQ(update.differences.size(), 3U);
  EXPECT_EQ(update.differences[0].path(), "a.md");
  EXPECT_EQ(update.differences[0].after, nullptr);
  EXPECT_EQ(update.differences[2].before, nullptr);
}

TEST(ProjectFiles, the_same_version_again_is_no_difference) {
  const auto before = list_of({"1-x/README.md"});
  std::vector<FileChange> changes(1);
  changes[0].file = before[0]->file;
  const auto update = update_files(before, changes);
  EXPECT_TRUE(update.differences.empty());
  EXPECT_EQ(update.parsed, 0U);
  EXPECT_EQ(update.files[0], before[0]);
  changes[0].file.changed_ms = 1;
  EXPECT_EQ(update_files(before, changes).differences.size(), 1U);
}

TEST(ProjectFiles, the_nearest_spec_above_owns_a_file) {
  const auto files = list_of({"1-x/README.md", "1-x/2-y/README.md", "a/3-z/README.md", "plain/README.md"});
  EXPECT_EQ(owning_folder(files, "1-x/NOTES.md"), "1-x");
  EXPECT_EQ(owning_folder(files, "1-x/deep/er/NOTES.md"), "1-x");
  EXPECT_EQ(owning_folder(files, "1-x/2-y/deep/NOTES.md"), "1-x/2-y");
  EXPECT_EQ(owning_folder(files, "a/3-z/NOTES.md"), "a/3-z");
  EXPECT_EQ(owning_folder(files, "a/NOTES.md"), "");
  EXPECT_EQ(owning_folder(files, "plain/NOTES.md"), "");
  EXPECT_EQ(owning_folder(files, "NOTES.md"), "");
}

TEST(ProjectFiles, loose_files_are_the_rest_and_can_be_followed) {
  const Paths paths{"1-x/README.md", "1-x/N.md", "2-y/N.md", "top.md", "a/b/c.md"};
  const auto files = list_of(paths);
  const auto loose = loose_files_of(files);
  ASSERT_EQ(loose.size(), 3U);
  const std::vector<FileChange> changes{sample_change("2-y/README.md", "x"), sample_removal("1-x/README.md"),
                                        sample_removal("top.md")};
  const auto update = update_files(files, changes);
  const auto followed = update_loose_files(loose, update.files, {"2-y/", "1-x/", "1-x/N.md", "top.md"});
  const auto afresh = loose_files_of(update.files);
  ASSERT_EQ(followed.size(), afresh.size());
  for (std::size_t i = 0; i < afresh.size(); ++i) EXPECT_EQ(followed[i].path, afresh[i].path);
}

TEST(ProjectFiles, files_of_a_nested_spec_are_not_of_the_outer_one) {
  const auto files =
      list_of({"1-x/README.md", "1-x/A.md", "1-x/2-y/README.md", "1-x/2-y/B.md", "1-x/docs/README.md", "1-x/z.md"});
  Paths outer;
  for (const auto& sub : sub_specs_of(files, "1-x")) outer.push_back(sub.file);
  EXPECT_EQ(outer, (Paths{"A.md", "docs/README.md", "z.md"}));
  EXPECT_EQ(sub_specs_of(files, "1-x/2-y").size(), 1U);
}

}  // namespace
}  // namespace leanspec::spec
