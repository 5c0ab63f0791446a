#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/simulation/coverage.h"
#include "tests/simulation/many_worlds.h"
#include "tests/simulation/shrink.h"
#include "tests/simulation/world.h"

namespace leanspec::simulation {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// What a person needs to find the cause: the seed, all that it expands to, and the smallest case.
std::string report(const Schedule& schedule, const Outcome& outcome) {
  const auto invariant = outcome.violation->substr(0, 40);
  const auto small = shrink(
      schedule,
      [&](const Schedule& smaller) {
        const auto again = run_world(smaller);
        return again.violation && again.violation->starts_with(invariant);
      },
      150);
  return "seed " + std::to_string(schedule.seed) + " broke " + *outcome.violation + "\n" + to_text(schedule) +
         "the smallest case found, for tests/simulation/regress:\n" + to_text(small) + "the last of the log:\n" +
         outcome.log_tail;
}

TEST(Regressions, every_saved_case_holds) {
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(LEANSPEC_REGRESSIONS)) {
    if (file.path().extension() == ".txt") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    const auto schedule = parse_schedule(text.str());
    ASSERT_TRUE(schedule.has_value()) << file << ": " << schedule.error().sentence();
    const auto outcome = run_world(*schedule);
    EXPECT_FALSE(outcome.violation.has_value()) << file << ": " << *outcome.violation;
  }
}

TEST(Replay, the_same_seed_gives_the_same_log_byte_for_byte) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const auto first = run_world(expand(seed));
    const auto second = run_world(expand(seed));
    EXPECT_EQ(first.hash, second.hash) << "seed " << seed;
    EXPECT_EQ(first.steps, second.steps) << "seed " << seed;
    EXPECT_EQ(first.log_tail, second.log_tail) << "seed " << seed;
  }
}

TEST(Replay, other_seeds_give_other_worlds) {
  EXPECT_NE(run_world(expand(1)).hash, run_world(expand(2)).hash);
}

TEST(Schedules, read_back_as_they_were_written) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto schedule = expand(seed);
    const auto again = parse_schedule(to_text(schedule));
    ASSERT_TRUE(again.has_value()) << again.error().sentence();
    EXPECT_EQ(*again, schedule);
  }
  EXPECT_FALSE(parse_schedule("event 12 no_such_thing 0 1").has_value());
  EXPECT_FALSE(parse_schedule("colour 12").has_value());
}

TEST(Shrinking, finds_the_two_events_that_matter) {
  auto schedule = expand(7);
  ASSERT_GT(schedule.events.size(), 4U);
  const auto first = schedule.events[1];
  const auto second = schedule.events[schedule.events.size() - 2];
  const auto small = shrink(schedule, [&](const Schedule& smaller) {
    const auto has = [&](const Event& event) {
      return std::find(smaller.events.begin(), smaller.events.end(), event) != smaller.events.end();
    };
    return has(first) && has(second);
  });
  EXPECT_EQ(small.events, (std::vector<Event>{first, second}));
}

/// The seeds of one run, or for LEANSPEC_SIMULATION_MINUTES as many as come.
TEST(Worlds, hold_every_invariant) {
  ManyWorlds many;
  many.seeds = from_environment("LEANSPEC_SIMULATION_SEEDS", 100);
  many.start = from_environment("LEANSPEC_SIMULATION_START", 1);
  many.minutes = from_environment("LEANSPEC_SIMULATION_MINUTES", 0);
  many.jobs = static_cast<unsigned>(
      from_environment("LEANSPEC_SIMULATION_JOBS", std::max(1U, std::thread::hardware_concurrency())));
  Coverage coverage;
  int reported = 0;
  run_worlds(many, [&](const Schedule& schedule, const Outcome& outcome) {
    coverage.add(outcome);
    if (!outcome.violation) {
      EXPECT_GE(outcome.edits, whole_edits) << "seed " << schedule.seed;
      return true;
    }
    ADD_FAILURE() << report(schedule, outcome);
    return ++reported < 3;
  });
  RecordProperty("seeds", static_cast<int>(coverage.seeds()));
  RecordProperty("small", static_cast<int>(coverage.small()));
  EXPECT_LE(coverage.small() * 20, coverage.seeds()) << "too many worlds have fewer than 200 edits or 20 faults";
  if (coverage.seeds() < 1'000) return;  // too few to ask how often each kind occurred
  for (const auto& row : coverage.rare())
    ADD_FAILURE() << row.kind << " occurs in " << row.seeds << " of " << coverage.seeds() << " seeds, fewer than 1 %";
}

class Canaries : public testing::TestWithParam<std::pair<Canary, std::string_view>> {};

TEST_P(Canaries, is_caught_within_200_seeds) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto outcome = run_world(expand(seed), {GetParam().first, {}});
    if (!outcome.violation) continue;
    RecordProperty("seed", static_cast<int>(seed));
    RecordProperty("broke", *outcome.violation);
    return;
  }
  FAIL() << "nobody noticed " << GetParam().second;
}

/// A check that nobody would miss is idle: for each there is a canary that nothing else finds.
struct Sole {
  std::string_view check;
  Canary canary;
};
class Checks : public testing::TestWithParam<Sole> {};

TEST_P(Checks, is_missed_by_a_canary_when_it_is_left_out) {
  const auto& [check, canary] = GetParam();
  const auto seeds = from_environment("LEANSPEC_SIMULATION_CHECK_SEEDS", 3);
  bool found_it = false;
  for (std::uint64_t seed = 1; seed <= seeds || (!found_it && seed <= 200); ++seed) {
    const auto without = run_world(expand(seed), {canary, std::string(check)});
    EXPECT_FALSE(without.violation.has_value()) << "seed " << seed << " broke " << *without.violation;
    const auto with = found_it ? std::nullopt : run_world(expand(seed), {canary, {}}).violation;
    found_it = found_it || (with && with->starts_with(std::string(check) + ":"));
  }
  EXPECT_TRUE(found_it) << check << " does not notice its canary";
}

constexpr std::array<Sole, 20> soles{{
    {"G03", Canary::guard_asks_nobody},
    {"I1", Canary::exchange_without_verify},
    {"I2", Canary::text_made_up},
    {"I3", Canary::stale_decision_taken},
    {"I4", Canary::entry_left_out},
    {"I5", Canary::unknown_is_absence},
    {"I6", Canary::head_told_too_early},
    {"I7", Canary::change_id_ignored},
    {"I8", Canary::echo},
    {"I9", Canary::spinning},
    {"I11", Canary::in_flight_unbounded},
    {"I12", Canary::approval_unheard},
    {"I14", Canary::version_by_itself},
    {"law 3", Canary::merged_is_taken_for_pushed},
    {"law 10", Canary::state_before_disk},
    {"law 14", Canary::later_by_client_clock},
    {"law 22", Canary::markers_unseen},
    {"law 23", Canary::put_back_is_an_edit},
    {"codec", Canary::frame_damaged},
    {"views", Canary::view_left_behind},
}};

INSTANTIATE_TEST_SUITE_P(Simulation, Checks, testing::ValuesIn(soles),
                         [](const auto& sole) {
                           std::string name(sole.param.check);
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name;
                         });

INSTANTIATE_TEST_SUITE_P(Simulation, Canaries, testing::ValuesIn(canaries),
                         [](const auto& canary) { return std::string(canary.param.second); });

}  // namespace
}  // namespace leanspec::simulation
