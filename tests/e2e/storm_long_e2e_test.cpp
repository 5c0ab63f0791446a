// Ten minutes of everything that happens to programs, lines and disks, while three people work.
#include "tests/e2e/storm.h"

namespace leanspec::e2e {
namespace {

TEST_F(Storm, of_ten_minutes_and_three_hundred_commits_ends_with_equal_disks_and_every_text_kept) {
  StormPlan plan;
  plan.commits = 300;
  plan.length = std::chrono::minutes(10);
  plan.kills = 30;
  plan.stops = 10;
  plan.bad_lines = 25;
  plan.full_disks = 6;
  plan.long_silence = true;
  rage(plan);
}

}  // namespace
}  // namespace leanspec::e2e
