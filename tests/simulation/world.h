#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/canary.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/sight.h"

namespace leanspec::simulation {

/// What one world came to.
struct Outcome {
  std::optional<std::string> violation;  ///< the first invariant that broke, with what and where
  std::uint64_t hash = 0;                ///< of the whole event log
  std::string log_tail;
  std::set<EventKind> occurred;  ///< kinds of events that really did something
  std::set<Sight> sights;        ///< kinds of conflicts and guards that came of them
  std::uint64_t edits = 0;       ///< saves, renames and deletes of single files by users
  std::uint64_t faults = 0;
  std::uint64_t steps = 0;
  std::uint64_t versions = 0;
  std::uint64_t pushes = 0;
  std::uint64_t merges = 0;     ///< heads that the hub made of two versions
  std::uint64_t conflicts = 0;  ///< texts that were set aside
  std::chrono::milliseconds virtual_time{0};
  std::chrono::milliseconds healed_in{0};  ///< from the end of all faults to everything at rest

  /// Large enough to be counted as a seed.
  [[nodiscard]] bool is_whole() const { return edits >= whole_edits && faults >= whole_faults; }
};

/// Runs one world to its end: users and faults for `busy`, then everything heals, then all must come to rest within
/// `heal_max`, stay at rest, and agree. One thread, no clock and no chance but the schedule's.
[[nodiscard]] Outcome run_world(const Schedule& schedule, const Experiment& experiment = {});

/// Longest way back: a refusal is tried again after 5 minutes, a lost hint is made good by the next whole look (at most
/// 5 minutes), an unreadable file after one, a silent connection after 45 s.
constexpr std::chrono::minutes heal_max{15};
/// Then nothing may happen by itself for so long (I8, I14).
constexpr std::chrono::minutes rest{12};

}  // namespace leanspec::simulation
