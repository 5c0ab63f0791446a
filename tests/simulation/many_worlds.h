#pragma once

#include <cstdint>
#include <functional>

#include "tests/simulation/schedule.h"
#include "tests/simulation/world.h"

namespace leanspec::simulation {

/// Which seeds to run, and how.
struct ManyWorlds {
  std::uint64_t start = 1;
  std::uint64_t seeds = 0;
  std::uint64_t minutes = 0;  ///< more seeds until these are over
  unsigned jobs = 1;          ///< threads; each world has one of its own
  Experiment experiment;
};

/// Runs them. `heard` is called after each, by one thread at a time, in no order; false: no more.
void run_worlds(const ManyWorlds& many, const std::function<bool(const Schedule&, const Outcome&)>& heard);

}  // namespace leanspec::simulation
