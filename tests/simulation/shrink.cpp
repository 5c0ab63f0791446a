#include "tests/simulation/shrink.h"

#include <algorithm>
#include <utility>

namespace leanspec::simulation {

Schedule shrink(Schedule schedule, const std::function<bool(const Schedule&)>& fails, std::size_t runs_max) {
  std::size_t runs = 0;
  const auto still_fails = [&](const Schedule& smaller) { return runs++ < runs_max && fails(smaller); };

  std::size_t pieces = 2;
  while (schedule.events.size() > 1 && runs < runs_max) {
    const std::size_t size = (schedule.events.size() + pieces - 1) / pieces;
    bool smaller_found = false;
    for (std::size_t begin = 0; begin < schedule.events.size(); begin += size) {
      Schedule without = schedule;
      const auto from = without.events.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto to =
          without.events.begin() + static_cast<std::ptrdiff_t>(std::min(begin + size, schedule.events.size()));
      without.events.erase(from, to);
      if (!still_fails(without)) continue;
      schedule = std::move(without);
      pieces = std::max<std::size_t>(2, pieces - 1);
      smaller_found = true;
      break;
    }
    if (smaller_found) continue;
    if (size == 1) break;
    pieces = std::min(schedule.events.size(), pieces * 2);
  }
  const auto try_with = [&](auto change) {
    Schedule simpler = schedule;
    change(simpler);
    if (!(simpler == schedule) && still_fails(simpler)) schedule = std::move(simpler);
  };
  try_with([](Schedule& simpler) { simpler.edits_least = 0; });
  try_with([](Schedule& simpler) { simpler.jitter = simpler.latency = milliseconds(1); });
  try_with([](Schedule& simpler) { simpler.timestamp_granularity_ns = 1; });
  while (schedule.files > 0 && runs < runs_max) {
    const auto before = schedule.files;
    try_with([](Schedule& simpler) { simpler.files /= 2; });
    if (schedule.files == before) break;
  }
  const auto highest = std::max_element(schedule.events.begin(), schedule.events.end(),
                                        [](const Event& a, const Event& b) { return a.bridge < b.bridge; });
  const std::size_t needed = highest == schedule.events.end() ? 1 : highest->bridge + 1;
  while (schedule.bridges > needed && runs < runs_max) {
    const auto before = schedule.bridges;
    try_with([](Schedule& simpler) { --simpler.bridges; });
    if (schedule.bridges == before) break;
  }
  return schedule;
}

}  // namespace leanspec::simulation
