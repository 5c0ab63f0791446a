#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/simulation/shrink.h"
#include "tests/simulation/world.h"

// Runs many worlds:  simulate [--seeds N] [--start S] [--canary NAME] [--replay FILE] [--no-shrink] [--log]
// Prints what was found, how often each kind of event occurred, and as its last line JSON. Exit 1 if a world broke.

namespace {

using namespace leanspec::simulation;

struct Options {
  std::uint64_t seeds = 1'000;
  std::uint64_t start = 1;
  Canary canary = Canary::none;
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
        if (known == name) options.canary = canary;
      }
      if (options.canary == Canary::none) return false;
    } else {
      return false;
    }
  }
  return true;
}

void tell(const Schedule& schedule, const Outcome& outcome, const Options& options) {
  std::cout << "seed " << schedule.seed << " broke " << *outcome.violation << std::endl;
  if (options.shows_log) std::cout << outcome.log_tail;
  if (!options.shrinks) return;
  const auto invariant = outcome.violation->substr(0, 40);
  const auto small = shrink(schedule, [&](const Schedule& smaller) {
    const auto again = run_world(smaller, options.canary);
    return again.violation && again.violation->starts_with(invariant);
  });
  std::cout << "the smallest that still breaks:\n" << to_text(small) << std::flush;
  const auto again = run_world(small, options.canary);
  std::cout << *again.violation << "\n" << std::endl;
}

}  // namespace

int main(int count, char** words) {
  Options options;
  if (!read(count, words, options)) {
    std::cerr << "usage: simulate [--seeds N] [--start S] [--canary NAME] [--replay FILE] [--no-shrink] [--log]\n";
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
    const auto outcome = run_world(*schedule, options.canary);
    std::cout << (options.shows_log ? outcome.log_tail : "") << outcome.violation.value_or("holds") << "\n";
    return outcome.violation ? 1 : 0;
  }
  const auto begun = std::chrono::steady_clock::now();
  std::map<EventKind, std::uint64_t> occurred;
  std::uint64_t broken = 0;
  std::uint64_t steps = 0;
  std::uint64_t versions = 0;
  std::uint64_t merges = 0;
  std::uint64_t conflicts = 0;
  milliseconds virtual_time{0};
  for (std::uint64_t seed = options.start; seed < options.start + options.seeds; ++seed) {
    const auto schedule = expand(seed);
    const auto outcome = run_world(schedule, options.canary);
    for (const auto kind : outcome.occurred) ++occurred[kind];
    steps += outcome.steps;
    versions += outcome.versions;
    merges += outcome.merges;
    conflicts += outcome.conflicts;
    virtual_time += outcome.virtual_time;
    if (!outcome.violation) continue;
    ++broken;
    tell(schedule, outcome, options);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::uint64_t rarest = options.seeds;
  for (std::size_t i = 0; i < event_kinds; ++i) {
    const auto kind = static_cast<EventKind>(i);
    rarest = std::min(rarest, occurred[kind]);
    std::cout << std::string(to_string(kind)) << " in " << occurred[kind] << " seeds\n";
  }
  std::printf(
      "{\"seeds\":%llu,\"start\":%llu,\"broken\":%llu,\"seeds_per_second\":%.1f,\"steps\":%llu,"
      "\"versions\":%llu,\"merges\":%llu,\"conflicts\":%llu,\"virtual_hours\":%.1f,\"rarest_event_seeds\":%llu}\n",
      static_cast<unsigned long long>(options.seeds), static_cast<unsigned long long>(options.start),
      static_cast<unsigned long long>(broken), static_cast<double>(options.seeds) / took.count(),
      static_cast<unsigned long long>(steps), static_cast<unsigned long long>(versions),
      static_cast<unsigned long long>(merges), static_cast<unsigned long long>(conflicts),
      static_cast<double>(virtual_time.count()) / 3'600'000.0, static_cast<unsigned long long>(rarest));
  return broken == 0 ? 0 : 1;
}
