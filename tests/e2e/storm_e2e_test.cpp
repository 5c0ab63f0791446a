// The storm, short: what the long one in storm_long_e2e_test.cpp does for ten minutes.
#include "tests/e2e/storm.h"

namespace leanspec::e2e {
namespace {

TEST_F(Storm, of_half_a_minute_ends_with_equal_disks_and_every_text_kept) {
  StormPlan plan;
  plan.commits = 40;
  plan.length = std::chrono::seconds(35);
  plan.kills = 6;
  plan.stops = 2;
  plan.bad_lines = 5;
  plan.full_disks = 2;
  rage(plan);
}

}  // namespace
}  // namespace leanspec::e2e
