#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/hub_process.h"
#include "tests/e2e/hub_records.h"
#include "tests/e2e/machine.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/storm_author.h"

namespace leanspec::e2e {

/// How much of everything; the seed decides who and when.
struct StormPlan {
  std::size_t commits = 40;
  std::chrono::seconds length{40};
  int kills = 6;
  int stops = 3;
  int bad_lines = 6;
  int full_disks = 2;
  bool long_silence =
      false;  ///< also a stop and a silent line that outlast the 45 seconds after which a peer is given up
};

/// A hub and three machines with two-way folders of one project, whose people replay the recorded life of a real specs
/// folder all at once while programs are killed and stopped, lines are cut, silent, slow and mad, and disks are full.
/// In the end all must have the same bytes, or say what they disagree about, and every text that was ever saved is on a
/// disk or at the hub. The same seed makes the same plan; what the machine makes of it depends on its load.
class Storm : public testing::Test {
 protected:
  /// LEANSPEC_STORM_SEED, or 1.
  [[nodiscard]] static unsigned seed();
  void rage(const StormPlan& plan);
  void TearDown() override;

 private:
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;
  static constexpr std::size_t machine_count = 3;
  /// For everything that was held up to get through, on a machine that has other work too.
  static constexpr std::chrono::minutes rest_within{5};

  void begin(const StormPlan& plan);
  void plan_troubles(const StormPlan& plan);
  void at(Milliseconds when, std::function<void()> what) { troubles_.emplace(when, std::move(what)); }
  [[nodiscard]] Milliseconds moment(const StormPlan& plan) {
    return Milliseconds(random_() % static_cast<unsigned>(plan.length.count() * 1000));
  }
  void kill_somebody();
  void stop_somebody(Milliseconds time);
  void spoil_a_line(Milliseconds time, CutProxy::Line line, std::size_t speed);
  void fill_a_disk(Milliseconds time);
  void come_back(std::size_t program);
  /// What the authors are told about their ways to the hub.
  void look_at_lines();
  void endure(const StormPlan& plan);
  void heal();
  void come_to_rest();
  void look_for_early_ends();
  void compare();
  void report(const StormPlan& plan);
  [[nodiscard]] Milliseconds now() const { return std::chrono::duration_cast<Milliseconds>(Clock::now() - begun_); }
  void say(const std::string& what);
  [[nodiscard]] static std::string end_of(const std::string& log);

  Scratch scratch_;
  HubProcess hub_{scratch_};
  const std::string project_ = "storm";
  std::unique_ptr<SmallDisk> specs_disk_;  ///< beneath the second machine's specs
  std::unique_ptr<SmallDisk> state_disk_;  ///< beneath the third machine's state
  std::vector<std::unique_ptr<Machine>> machines_;
  std::vector<std::unique_ptr<StormAuthor>> authors_;
  std::vector<WrittenText> written_;
  std::mt19937 random_{1};
  Clock::time_point begun_;
  std::multimap<Milliseconds, std::function<void()>> troubles_;
  std::set<std::size_t> away_;            ///< programs that are dead or stopped; 0 is the hub, then the machines
  std::set<std::size_t> full_;            ///< machines whose disk is full
  std::map<std::size_t, int> bad_lines_;  ///< of each machine, how many troubles at once
  std::deque<std::string> diary_;
  std::map<std::string, std::size_t> counts_;
};

}  // namespace leanspec::e2e
