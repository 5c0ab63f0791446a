#include "hub/api/strand.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace leanspec::hub::api {
namespace {

TEST(Strand, runs_jobs_one_at_a_time_and_in_order_whatever_the_threads) {
  WorkerPool pool(4, 1'000);
  const auto strand = std::make_shared<Strand>(pool);
  std::vector<int> seen;  // unguarded on purpose: the thread sanitizer watches
  std::promise<void> done;
  for (int i = 0; i < 1'000; ++i) strand->post([&seen, i] { seen.push_back(i); });
  strand->post([&done] { done.set_value(); });
  done.get_future().wait();
  ASSERT_EQ(seen.size(), 1'000U);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
}

}  // namespace
}  // namespace leanspec::hub::api
