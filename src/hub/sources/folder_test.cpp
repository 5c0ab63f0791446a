#include "hub/sources/folder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hub/sources/specs_folder.h"
#include "tests/fakes/memory_file_tree.h"

namespace leanspec::hub::sources {
namespace {

using fakes::MemoryFileTree;

TEST(SpecsFolder, the_configuration_comes_first_then_the_usual_names_then_the_root) {
  MemoryFileTree project;
  EXPECT_EQ(*find_specs_folder(project), "");
  project.add_folder("doc/specs");
  EXPECT_EQ(*find_specs_folder(project), "doc/specs");
  project.add_folder("docs/specs");
  EXPECT_EQ(*find_specs_folder(project), "docs/specs");
  project.add_folder(".lean-spec/specs");
  EXPECT_EQ(*find_specs_folder(project), ".lean-spec/specs");
  project.add_folder("specs");
  EXPECT_EQ(*find_specs_folder(project), "specs");
  project.write(".lean-spec/config.json", R"({"name": "x"})");
  EXPECT_EQ(*find_specs_folder(project), "specs");
  project.add_folder("plans/all");
  project.write(".lean-spec/config.json", R"({"specsDir": "./plans//all/"})");
  EXPECT_EQ(*find_specs_folder(project), "plans/all");
}

TEST(SpecsFolder, a_configuration_that_misleads_is_an_error_that_says_so) {
  MemoryFileTree project;
  project.add_folder("specs");
  for (const auto* const text :
       {R"({"specsDir": "../other"})", R"({"specsDir": "/etc"})", R"({"specsDir": 7})", "[]", "{", ""}) {
    project.write(".lean-spec/config.json", text);
    const auto folder = find_specs_folder(project);
    ASSERT_FALSE(folder) << text;
    EXPECT_EQ(folder.error().code, ErrorCode::invalid) << text;
    EXPECT_EQ(folder.error().subject, ".lean-spec/config.json") << text;
  }
  project.write(".lean-spec/config.json", R"({"specsDir": "gone"})");
  EXPECT_EQ(find_specs_folder(project).error().code, ErrorCode::not_found);
}

std::vector<std::string> paths(const Folder& folder) {
  std::vector<std::string> all;
  for (const auto& file : folder.files) all.push_back(file.path);
  return all;
}

TEST(LocalFolder, every_file_is_read_with_a_lasting_identity) {
  MemoryFileTree project;
  project.write("specs/001-a/README.md", "one");
  project.write("specs/001-a/deep/er/DESIGN.md", "two");
  project.write("specs/FROZEN.md", "three");
  project.write("outside.md", "x");
  const auto first = read_folder(project);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->specs_folder, "specs");
  EXPECT_EQ(paths(*first), (std::vector<std::string>{"001-a/README.md", "001-a/deep/er/DESIGN.md", "FROZEN.md"}));
  EXPECT_EQ(*first->files[0].bytes, "one");
  EXPECT_EQ(first->files[0].changed_ms, project.time() / 1'000'000);
  project.write("specs/001-a/README.md", "other");
  const auto second = read_folder(project);
  EXPECT_EQ(second->files[0].document, first->files[0].document);
  EXPECT_NE(second->files[0].version, first->files[0].version);
  EXPECT_EQ(second->files[1].version, first->files[1].version);
  EXPECT_NE(first->files[0].document, first->files[1].document);
}

TEST(LocalFolder, droppings_are_left_out_and_what_cannot_be_read_is_told) {
  MemoryFileTree project;
  project.write("specs/001-a/README.md", "one");
  project.write("specs/001-a/.README.md.swp", "x");
  project.write("specs/001-a/README.md~", "x");
  project.write("specs/.leanspec-sync/staged", "x");
  project.make_symlink("specs/002-link");
  project.write("specs/003-c/README.md", "x");
  project.set_failing("specs/003-c/README.md", Error(ErrorCode::forbidden, "Permission denied"));
  project.write("specs/004-d/README.md", "x");
  project.set_failing("specs/004-d", Error(ErrorCode::io, "Input/output error"));
  const auto folder = read_folder(project);
  ASSERT_TRUE(folder);
  EXPECT_EQ(paths(*folder), std::vector<std::string>{"001-a/README.md"});
  ASSERT_EQ(folder->skipped.size(), 3U);
  EXPECT_EQ(folder->skipped[0].path, "002-link");
  EXPECT_EQ(folder->skipped[0].reason, "it is a symbolic link");
  EXPECT_EQ(folder->skipped[1].reason, "Permission denied");
  EXPECT_EQ(folder->skipped[2].path, "004-d/");
}

TEST(LocalFolder, as_many_files_as_allowed_are_read_and_the_rest_is_told) {
  MemoryFileTree project;
  for (std::size_t i = 0; i < folder_files_max + 1; ++i) project.write("specs/" + std::to_string(i) + ".md", "");
  const auto folder = read_folder(project);
  EXPECT_EQ(folder->files.size(), folder_files_max);
  ASSERT_EQ(folder->skipped.size(), 1U);
  EXPECT_NE(folder->skipped[0].reason.find("20000"), std::string::npos);
}

TEST(LocalFolder, as_deep_as_allowed_is_read_and_deeper_is_told) {
  MemoryFileTree project;
  std::string path = "specs";
  for (std::size_t i = 0; i < folder_depth_max + 1; ++i) {
    path += "/d";
    project.write(path + "/file.md", "x");
  }
  const auto folder = read_folder(project);
  EXPECT_EQ(folder->files.size(), folder_depth_max);
  ASSERT_EQ(folder->skipped.size(), 1U);
  EXPECT_TRUE(folder->skipped[0].path.ends_with("/d/"));
}

TEST(LocalFolder, a_project_that_is_away_is_an_error) {
  MemoryFileTree project;
  project.take_root_away();
  EXPECT_FALSE(read_folder(project));
}

}  // namespace
}  // namespace leanspec::hub::sources
