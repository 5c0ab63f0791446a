#include "host/system_file_tree.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

namespace leanspec::host {
namespace {

class SystemFileTree : public testing::Test {
 protected:
  SystemFileTree() {
    std::string made = (std::filesystem::temp_directory_path() / "leanspec-tree-XXXXXX").string();
    folder = ::mkdtemp(made.data());
  }
  ~SystemFileTree() override { std::filesystem::remove_all(folder); }

  std::filesystem::path folder;
};

/// Each opening may break the lease by which writers are found. Without care that ends the process.
TEST_F(SystemFileTree, asking_for_writers_survives_any_number_of_programs_that_begin_to_write) {
  const std::string file = (folder / "a.md").string();
  ASSERT_GE(::close(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644)), 0);
  const auto tree = open_file_tree(folder.string());
  ASSERT_TRUE(tree) << tree.error().sentence();
  std::atomic<bool> enough = false;
  std::thread saves([&] {
    while (!enough) ::close(::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  });
  std::size_t seen_open = 0;
  for (int asked = 0; asked < 20'000; ++asked) {
    const auto writer = (*tree)->has_writer("a.md");
    EXPECT_TRUE(writer) << writer.error().sentence();
    if (writer && *writer) ++seen_open;
  }
  enough = true;
  saves.join();
  EXPECT_GT(seen_open, 0U);
}

}  // namespace
}  // namespace leanspec::host
