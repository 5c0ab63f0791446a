#pragma once

#include <functional>

#include "tests/simulation/schedule.h"

namespace leanspec::simulation {

/// The smallest schedule found that still fails: ddmin over the events (Zeller and Hildebrandt 2002), then fewer
/// bridges and files. `fails` runs it; at most `runs_max` times.
[[nodiscard]] Schedule shrink(Schedule schedule, const std::function<bool(const Schedule&)>& fails,
                              std::size_t runs_max = 400);

}  // namespace leanspec::simulation
