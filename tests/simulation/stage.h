#pragma once

#include <set>

#include "tests/simulation/canary.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/event_log.h"
#include "tests/simulation/executor.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/sight.h"

namespace leanspec::simulation {

/// What all parts of a world share.
struct Stage {
  Executor& executor;
  Chance& chance;
  EventLog& log;
  Invariants& invariants;
  const Schedule& schedule;
  std::set<Sight>& sights;
  Canary canary = Canary::none;
};

}  // namespace leanspec::simulation
