#include "host/child_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace leanspec::host {
namespace {

ChildProcess shell(const std::string& script) {
  ChildProcess child;
  child.words = {"/bin/sh", "-c", script};
  return child;
}

TEST(ChildProcess, says_what_it_printed_and_how_it_ended) {
  const auto ended = run_child(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 3);
  EXPECT_EQ(ended->output, "out\n");
  EXPECT_EQ(ended->errors, "err\n");
  const auto killed = run_child(shell("kill -9 $$"));
  ASSERT_TRUE(killed);
  EXPECT_EQ(killed->code, 128 + 9);
}

TEST(ChildProcess, sees_no_more_of_the_environment_than_it_is_given_and_nothing_on_its_input) {
  ::setenv("LEANSPEC_CHILD_TEST_SECRET", "key", 1);
  auto child = shell("echo \"$LEANSPEC_CHILD_TEST_SECRET/$GIVEN/$(pwd)/$(cat)\"");
  child.environment = {{"GIVEN", "yes"}};
  child.inherited = {"PATH"};
  child.folder = "/";
  const auto ended = run_child(child);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->output, "/yes///\n");
}

TEST(ChildProcess, a_program_that_is_not_there_is_not_found) {
  ChildProcess child;
  child.words = {"leanspec-no-such-program"};
  const auto ended = run_child(child);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::not_found);
}

TEST(ChildProcess, too_slow_or_too_talkative_it_is_killed_with_its_children) {
  auto slow = shell("sleep 1000 & wait");
  slow.time_max = std::chrono::milliseconds(50);
  const auto late = run_child(slow);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::timeout);
  auto talkative = shell("printf 123456789");
  talkative.output_bytes_max = 9;
  EXPECT_TRUE(run_child(talkative));
  talkative.output_bytes_max = 8;
  const auto much = run_child(talkative);
  ASSERT_FALSE(much);
  EXPECT_EQ(much.error().code, ErrorCode::too_large);
}

TEST(ChildProcess, a_flood_of_errors_neither_blocks_it_nor_fills_the_memory) {
  const auto ended = run_child(shell("head -c 300000 /dev/zero >&2; echo done"));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->output, "done\n");
  EXPECT_EQ(ended->errors.size(), child_errors_bytes_max);
}

TEST(ChildProcess, ends_when_nobody_waits_for_it_any_more) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  const auto ended = run_child(shell("sleep 1000"), ends[0]);
  EXPECT_FALSE(ended);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace leanspec::host
