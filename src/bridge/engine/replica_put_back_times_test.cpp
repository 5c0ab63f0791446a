// Law 23 where times say little: clocks that were set back, whole seconds, looks that came late.
#include <gtest/gtest.h>

#include "tests/fakes/git_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::GitBench;
using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(replica_put_back_times, what_git_put_back_before_the_clock_was_set_back_is_no_edit) {
  GitBench bench;
  bench.two_versions();
  bench.disk.clock_ns = bench.wall_ns() + std::chrono::nanoseconds(std::chrono::hours{10}).count();
  bench.disk.replace("a.md", "one\n");
  bench.writes_index();  // by the clock as it is now
  bench.hint({HintKind::closed, "a.md", std::nullopt, false});
  bench.pass(seconds{10});
  EXPECT_EQ(bench.versions_of("a.md"), 2U);
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
}

TEST(replica_put_back_times, a_text_saved_before_git_went_back_is_an_edit_though_the_earlier_commit_has_it) {
  GitBench bench;
  bench.two_versions();
  bench.pass(seconds{10});
  bench.save("b.md", "unheard\n");
  bench.disk.write("a.md", "mine\n");  // committed, and no look has come upon it
  bench.pass(seconds{10});
  bench.git.commit = "c0";  // git reset --hard HEAD~1
  bench.git_went_back = true;
  bench.writes_index();
  bench.hint({HintKind::closed, "a.md", std::nullopt, false});
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.text_at("a.md"), "mine\n");
}

TEST(replica_put_back_times, what_git_took_away_and_nobody_heard_of_is_no_deletion) {
  GitBench bench;
  bench.two_versions();
  bench.save("other.md", "stays\n");
  bench.pass(seconds{60});
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{60});
  bench.disk.files.erase("a.md");  // git stash --include-untracked
  bench.writes_index();
  bench.pass(seconds{60});
  bench.replica->rescan(bench.now());
  bench.carry_out();
  bench.pass(seconds{10});
  EXPECT_EQ(bench.hub.text_at("a.md"), "one and two\n");
}

TEST(replica_put_back_times, an_index_of_whole_seconds_settles_until_its_second_is_over) {
  constexpr std::int64_t at = 1'700'000'000'000'000'000;
  GitFingerprint git;
  git.work_tree = true;
  git.branch = "main";
  git.index = GitFile{7, at, 100};
  const auto mood = [&](milliseconds later) {
    return judge_git(git, "main", false, Instant(milliseconds(at / 1'000'000)) + later).mood;
  };
  EXPECT_EQ(mood(milliseconds{1'200}), GitMood::settling);
  EXPECT_EQ(mood(milliseconds{1'300}), GitMood::quiet);
  git.index->modified_ns = at + 1'000'000;
  EXPECT_EQ(mood(milliseconds{300}), GitMood::quiet);
}

}  // namespace
}  // namespace leanspec::bridge::engine
