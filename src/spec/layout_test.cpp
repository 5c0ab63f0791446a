#include "spec/layout.h"

#include <gtest/gtest.h>

namespace leanspec::spec {
namespace {

TEST(Layout, a_readme_in_a_numbered_folder_down_to_depth_three_is_a_spec) {
  for (const auto* const path : {"082-web/README.md", "20260101/912-x/README.md", "archived/001-a/README.md",
                                 "082-web/2-part/README.md", "9/README.md"}) {
    EXPECT_TRUE(is_spec_path(path)) << path;
  }
  for (const auto* const path :
       {"README.md", "FROZEN.md", "web/README.md", "082-web/DESIGN.md", "082-web/readme.md", "a/b/082-web/README.md",
        "082-web/docs/README.md", "082-web/README.md.backup", "", "/README.md"}) {
    EXPECT_FALSE(is_spec_path(path)) << path;
  }
}

TEST(Layout, folder_and_leaf_take_a_path_apart) {
  EXPECT_EQ(folder_of("a/b/c.md"), "a/b");
  EXPECT_EQ(folder_of("c.md"), "");
  EXPECT_EQ(leaf_of("a/b/c.md"), "c.md");
  EXPECT_EQ(leaf_of("c.md"), "c.md");
}

TEST(Layout, a_folder_name_is_a_number_and_a_name) {
  EXPECT_EQ(split_spec_name("082-web-sync").number, 82U);
  EXPECT_EQ(split_spec_name("082-web-sync").name, "web-sync");
  EXPECT_EQ(split_spec_name("20251101").number, 20251101U);
  EXPECT_EQ(split_spec_name("20251101").name, "20251101");
  EXPECT_EQ(split_spec_name("7up").number, 7U);
  EXPECT_EQ(split_spec_name("7up").name, "up");
  EXPECT_EQ(split_spec_name("4294967295-a").number, 4294967295U);
  EXPECT_FALSE(split_spec_name("4294967296-a").number.has_value());
}

}  // namespace
}  // namespace leanspec::spec
