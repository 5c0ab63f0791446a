#include "hub/serve/folder_watch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "host/system_file_tree.h"

namespace leanspec::hub::serve {
namespace {

namespace files = std::filesystem;
using Files = std::set<std::string>;

class FolderWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (files::temp_directory_path() / "leanspec-watch-XXXXXX").string();
    root = mkdtemp(name.data());
    save("001-first/README.md", "one");
    tree = *host::open_file_tree(root.string());
  }
  void TearDown() override { files::remove_all(root); }
  void save(const std::string& path, const std::string& text) const {
    files::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }

  files::path root;
  std::unique_ptr<host::WritableFileTree> tree;
};

TEST_F(FolderWatchTest, it_names_the_files_that_were_saved_moved_and_deleted) {
  FolderWatch watch(root.string(), true);
  EXPECT_TRUE(watch.take().everything) << "nothing is watched yet";
  watch.follow(*tree);
  EXPECT_TRUE(watch.take().files.empty());
  save("001-first/README.md", "two");
  save("001-first/NOTES.md", "new");
  files::rename(root / "001-first/NOTES.md", root / "001-first/DESIGN.md");
  save("001-first/.README.md.swp", "an editor's");
  const auto heard = watch.take();
  EXPECT_FALSE(heard.everything);
  EXPECT_EQ(heard.files, (Files{"001-first/README.md", "001-first/NOTES.md", "001-first/DESIGN.md"}));
  EXPECT_TRUE(watch.take().files.empty());
}

TEST_F(FolderWatchTest, a_folder_that_came_went_or_moved_is_everything) {
  FolderWatch watch(root.string(), true);
  watch.follow(*tree);
  save("002-second/README.md", "two");
  EXPECT_TRUE(watch.take().everything);
  watch.follow(*tree);
  save("002-second/README.md", "three");
  EXPECT_EQ(watch.take().files, Files{"002-second/README.md"});
  files::rename(root / "002-second", root / "003-third");
  EXPECT_TRUE(watch.take().everything);
  watch.follow(*tree);
  save("003-third/README.md", "four");
  EXPECT_EQ(watch.take().files, Files{"003-third/README.md"});
  files::remove_all(root / "003-third");
  EXPECT_TRUE(watch.take().everything);
}

TEST_F(FolderWatchTest, where_nothing_is_watched_everything_may_be_different) {
  FolderWatch watch(root.string(), false);
  watch.follow(*tree);
  EXPECT_TRUE(watch.take().everything);
  EXPECT_EQ(watch.descriptor(), -1);
}

}  // namespace
}  // namespace leanspec::hub::serve
