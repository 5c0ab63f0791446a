#include "hub/api/worker_pool.h"

#include <gtest/gtest.h>

#include <future>

namespace leanspec::hub::api {
namespace {

TEST(WorkerPool, refuses_what_is_over_its_queue_and_finishes_what_it_took) {
  std::promise<void> release;
  std::promise<void> started;
  int finished = 0;
  {
    WorkerPool pool(1, 1);
    ASSERT_TRUE(pool.post([&] {
      started.set_value();
      release.get_future().wait();
      ++finished;
    }));
    started.get_future().wait();
    EXPECT_TRUE(pool.post([&] { ++finished; }));
    EXPECT_FALSE(pool.post([&] { ++finished; })) << "one runs, one waits, the third is too many";
    release.set_value();
    pool.stop();
    EXPECT_FALSE(pool.post([&] { ++finished; }));
  }
  EXPECT_EQ(finished, 2);
}

}  // namespace
}  // namespace leanspec::hub::api
