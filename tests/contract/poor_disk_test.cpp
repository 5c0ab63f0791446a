// A real disk with calls taken away that some network disks lack.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/contract/disk_under_test.h"

namespace leanspec {
namespace {

/// A real disk that lacks what some network disks lack.
class PoorDisk : public testing::Test {
 protected:
  static constexpr std::uint64_t limit = 1024;
  RealDisk disk{host::LackingDisk{true, true, true}};
  host::WritableFileTree& tree = disk.tree();
};

TEST_F(PoorDisk, what_it_lacks_is_said_and_files_are_made_whole_all_the_same) {
  disk.write("a.md", "a");
  disk.write("b.md", "b");
  EXPECT_EQ(tree.exchange("a.md", "b.md").error().code, ErrorCode::unsupported);
  EXPECT_EQ(tree.move("a.md", "c.md").error().code, ErrorCode::unsupported);
  EXPECT_EQ(tree.link("a.md", "c.md").error().code, ErrorCode::unsupported);
  ASSERT_TRUE(tree.create("c.md", "text", 0640));
  EXPECT_EQ(tree.read("c.md", limit)->bytes, "text");
  EXPECT_EQ(tree.facts("c.md")->mode, 0640U);
  EXPECT_EQ(tree.create("c.md", "other", 0640).error().code, ErrorCode::already_exists);
  EXPECT_EQ(tree.list("")->size(), 3U) << "no part of a file is left";
}

TEST_F(PoorDisk, without_leases_another_program_that_writes_is_found_among_the_processes) {
  // Who changes users in the middle may not look into its own children.
  if (::getuid() == 0) ASSERT_EQ(::seteuid(0), 0);
  disk.write("a.md", "a");
  EXPECT_TRUE(tree.knows_writers());
  EXPECT_FALSE(*tree.has_writer("a.md"));
  EXPECT_FALSE(tree.knows_writers());
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  for (const bool writes : {true, false}) {
    const pid_t other = ::fork();
    if (other == 0) {
      const int file = ::open(disk.full("a.md").c_str(), writes ? O_WRONLY | O_APPEND : O_RDONLY);
      char letter = file < 0 ? 'x' : 'k';
      if (::write(ready[1], &letter, 1) != 1 || ::read(done[0], &letter, 1) != 1) ::_exit(1);
      ::_exit(0);
    }
    char letter = 0;
    ASSERT_EQ(::read(ready[0], &letter, 1), 1);
    ASSERT_EQ(letter, 'k');
    EXPECT_EQ(*tree.has_writer("a.md"), writes);
    ASSERT_EQ(::write(done[1], &letter, 1), 1);
    int status = 0;
    ASSERT_EQ(::waitpid(other, &status, 0), other);
    EXPECT_FALSE(*tree.has_writer("a.md"));
  }
  for (const int end : {ready[0], ready[1], done[0], done[1]}) ::close(end);
}

}  // namespace
}  // namespace leanspec
