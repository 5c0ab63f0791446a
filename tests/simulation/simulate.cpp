#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/simulation/coverage.h"
#include "tests/simulation/many_worlds.h"
#include "tests/simulation/shrink.h"
#include "tests/simulation/world.h"

// Runs many worlds:  simulate [--seeds N] [--start S] [--jobs J] [--canary NAME] [--without INVARIANT] [--replay FILE]
// [--no-shrink] [--log]. Prints what was found, in how many of the seeds each kind of event, conflict and guard
// occurred, and as its last line JSON. Seeds that end with too few edits or faults are "small" and not counted. Exit 1
// if a world broke.

namespace {

using namespace leanspec::simulation;

struct Options {
  std::uint64_t seeds = 1'000;
  std::uint64_t start = 1;
  unsigned jobs = 1;
  Experiment experiment;
  std::string replay;
  bool shrinks = true;
  bool shows_log = false;
};

bool read(int count, char** words, Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--no-shrink") {
      options.shrinks = false;
    } else if (word == "--log") {
      options.shows_log = true;
    } else if (i + 1 < count && word == "--seeds") {
      options.seeds = std::strtoull(words[++i], nullptr, 10);
    } else if (i + 1 < count && word == "--start") {
      options.start = std::strtoull(words[++i], nullptr, 10);
    } else if (i + 1 < count && word == "--replay") {
      options.replay = words[++i];
    } else if (i + 1 < count && word == "--canary") {
      const std::string_view name = words[++i];
      for (const auto& [canary, known] : canaries) {
        if (known == name) options.experiment.canary = canary;
      }
      if (options.experiment.canary == Canary::none) return false;
    } else if (i + 1 < count && word == "--without") {
      options.experiment.without = words[++i];
    } else if (i + 1 < count && word == "--jobs") {
      options.jobs = static_cast<unsigned>(std::strtoul(words[++i], nullptr, 10));
    } else {
      return false;
    }
  }
  return true;
}

/// Two builds whose lines are equal made the same steps.
void tell_in_a_line(const Schedule& schedule, const Outcome& outcome) {
  std::printf("seed %llu log %016llx steps %llu edits %llu faults %llu virtual %lld ms\n",
              static_cast<unsigned long long>(schedule.seed), static_cast<unsigned long long>(outcome.hash),
              static_cast<unsigned long long>(outcome.steps), static_cast<unsigned long long>(outcome.edits),
              static_cast<unsigned long long>(outcome.faults), static_cast<long long>(outcome.virtual_time.count()));
}

void tell(const Schedule& schedule, const Outcome& outcome, const Options& options) {
  std::cout << "seed " << schedule.seed << " broke " << *outcome.violation << std::endl;
  if (options.shows_log) std::cout << outcome.log_tail;
  if (!options.shrinks) return;
  const auto invariant = outcome.violation->substr(0, 40);
  const auto small = shrink(schedule, [&](const Schedule& smaller) {
    const auto again = run_world(smaller, options.experiment);
    return again.violation && again.violation->starts_with(invariant);
  });
  std::cout << "the smallest that still breaks:\n" << to_text(small) << std::flush;
  const auto again = run_world(small, options.experiment);
  std::cout << *again.violation << "\n" << std::endl;
}

}  // namespace

int main(int count, char** words) {
  Options options;
  if (!read(count, words, options)) {
    std::cerr
        << "usage: simulate [--seeds N] [--start S] [--jobs J] [--canary NAME] [--without INVARIANT] [--replay FILE] "
           "[--no-shrink] [--log]\n";
    return 2;
  }
  if (!options.replay.empty()) {
    std::ifstream file(options.replay);
    std::ostringstream text;
    text << file.rdbuf();
    const auto schedule = parse_schedule(text.str());
    if (!schedule) {
      std::cerr << schedule.error().sentence() << "\n";
      return 2;
    }
    const auto outcome = run_world(*schedule, options.experiment);
    std::cout << (options.shows_log ? outcome.log_tail : "") << outcome.violation.value_or("holds") << "\n";
    return outcome.violation ? 1 : 0;
  }
  const auto begun = std::chrono::steady_clock::now();
  Coverage coverage;
  run_worlds({options.start, options.seeds, 0, options.jobs, options.experiment},
             [&](const Schedule& schedule, const Outcome& outcome) {
               coverage.add(outcome);
               if (options.shows_log) tell_in_a_line(schedule, outcome);
               if (outcome.violation) tell(schedule, outcome, options);
               return true;
             });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::cout << coverage.table() << std::flush;
  std::printf("{\"start\":%llu,\"jobs\":%u,\"seeds_per_second\":%.1f,%s}\n",
              static_cast<unsigned long long>(options.start), options.jobs,
              static_cast<double>(options.seeds) / took.count(), coverage.json().c_str());
  return coverage.broken() == 0 ? 0 : 1;
}
