#include "tests/simulation/many_worlds.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

namespace leanspec::simulation {

void run_worlds(const ManyWorlds& many, const std::function<bool(const Schedule&, const Outcome&)>& heard) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::minutes(many.minutes);
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> over{false};
  std::mutex hearing;
  const auto work = [&] {
    while (!over) {
      const auto number = next++;
      if (number >= many.seeds && Clock::now() >= until) return;
      const auto schedule = expand(many.start + number);
      const auto outcome = run_world(schedule, many.experiment);
      const std::lock_guard lock(hearing);
      if (!over && !heard(schedule, outcome)) over = true;
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < many.jobs; ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
}

}  // namespace leanspec::simulation
