#include "tests/e2e/storm.h"

#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "tests/e2e/wait_until.h"
#include "tests/fakes/corpus.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t disk_bytes = 64ULL * 1024 * 1024;
/// Beyond the 45 seconds after which a silent peer is given up.
constexpr std::chrono::milliseconds long_silence{52'000};

}  // namespace

std::string Storm::end_of(const std::string& log) {
  return log.substr(log.size() > 6000 ? log.size() - 6000 : 0);
}

unsigned Storm::seed() {
  const char* named = std::getenv("LEANSPEC_STORM_SEED");
  return named == nullptr ? 1 : static_cast<unsigned>(std::strtoul(named, nullptr, 10));
}

void Storm::say(const std::string& what) {
  diary_.push_back(std::to_string(now().count()) + " ms: " + what);
  if (std::getenv("LEANSPEC_STORM_LOUD") != nullptr) std::cout << diary_.back() << std::endl;
}

void Storm::rage(const StormPlan& plan) {
  const auto corpus = tests::corpus_folder();
  if (!corpus || !fs::exists(*corpus / "leanspec-history.bundle")) GTEST_SKIP() << tests::corpus_absent;
  random_.seed(seed());
  ASSERT_NO_FATAL_FAILURE(begin(plan));
  plan_troubles(plan);
  endure(plan);
  heal();
  ASSERT_NO_FATAL_FAILURE(come_to_rest());
  ASSERT_NO_FATAL_FAILURE(compare());
  report(plan);
}

void Storm::begin(const StormPlan& plan) {
  for (const char* name : {"desk", "tablet", "laptop"}) machines_.push_back(std::make_unique<Machine>(scratch_, name));
  if (plan.full_disks > 0) {
    // Before any thread: mounts of our own are a matter of the whole process.
    specs_disk_ = std::make_unique<SmallDisk>(scratch_ / "tablet", disk_bytes);
    state_disk_ = std::make_unique<SmallDisk>(scratch_ / "laptop-disk", disk_bytes);
    if (specs_disk_->problem().empty() && state_disk_->problem().empty()) {
      machines_[2]->bridge.keep_state_in(scratch_ / "laptop-disk/state");
    } else {
      std::cout << "No disk is filled here: " << specs_disk_->problem() << "\n";
      specs_disk_.reset();
      state_disk_.reset();
    }
  }
  const fs::path bundle = *tests::corpus_folder() / "leanspec-history.bundle";
  SpecHistory history = read_spec_history(scratch_, bundle, 30 + random_() % 170, plan.commits);
  ASSERT_EQ(history.commits.size(), plan.commits);
  for (const auto& [path, text] : history.before) {
    save_in_place(machines_[0]->specs / path, text);
    written_.push_back({"desk", path, text, false});
  }
  ASSERT_TRUE(hub_.start()) << hub_.errors();
  const MintedKey key = hub_.make_key();
  for (const auto& machine : machines_) {
    ASSERT_EQ(machine->join(hub_.url(), key.secret, project_, "two-way", true), "");
    ASSERT_TRUE(machine->bridge.start()) << machine->bridge.log();
  }
  const auto all_there = [&] {
    return std::all_of(machines_.begin(), machines_.end(), [&](const auto& machine) {
      const FolderState state = machine->state();
      return state.live() && state.in_sync >= history.before.size();
    });
  };
  ASSERT_TRUE(wait_until(all_there, rest_within))
      << machines_[0]->status() << machines_[1]->status() << machines_[2]->status();
  counts_["files at the begin"] = history.before.size();

  for (const auto& machine : machines_) {
    authors_.push_back(std::make_unique<StormAuthor>(machine->bridge.name(), machine->specs,
                                                     scratch_.path() / (machine->bridge.name() + ".err"),
                                                     static_cast<unsigned>(random_())));
    authors_.back()->bridge_is_awake(true);
    authors_.back()->hub_is_near(true);
  }
  std::vector<Milliseconds> moments(plan.commits);
  for (Milliseconds& one : moments) one = moment(plan);
  std::sort(moments.begin(), moments.end());
  for (std::size_t number = 0; number < plan.commits; ++number)
    authors_[random_() % machine_count]->add({moments[number], std::move(history.commits[number])});
}

void Storm::plan_troubles(const StormPlan& plan) {
  const auto between = [&](unsigned least, unsigned most) { return Milliseconds(least + random_() % (most - least)); };
  for (int number = 0; number < plan.kills; ++number) at(moment(plan), [this] { kill_somebody(); });
  for (int number = 0; number < plan.stops; ++number) {
    const Milliseconds time = plan.long_silence && number == 0 ? long_silence : between(500, 6'000);
    at(moment(plan), [this, time] { stop_somebody(time); });
  }
  using Line = CutProxy::Line;
  const Line lines[] = {Line::cut, Line::half_open, Line::answers_lost, Line::whole, Line::garbage_to_bridge};
  for (int number = 0; number < plan.bad_lines; ++number) {
    const Line line = lines[static_cast<std::size_t>(number) % std::size(lines)];
    const Milliseconds time = plan.long_silence && number == 1 ? long_silence : between(500, 8'000);
    const std::size_t speed = line == Line::whole ? 500 + random_() % 20'000 : 0;
    at(moment(plan), [this, time, line, speed] { spoil_a_line(time, line, speed); });
  }
  for (int number = 0; specs_disk_ && number < plan.full_disks; ++number) {
    const Milliseconds time = between(2'000, 8'000);
    at(moment(plan), [this, time] { fill_a_disk(time); });
  }
}

void Storm::kill_somebody() {
  const std::size_t program = random_() % (machine_count + 1);
  if (away_.contains(program)) return at(now() + Milliseconds(500), [this] { kill_somebody(); });
  ++counts_["kills"];
  say("kill " + std::to_string(program));
  away_.insert(program);
  look_at_lines();
  if (program == 0) {
    hub_.kill_now();
  } else {
    authors_[program - 1]->bridge_is_awake(false);
    machines_[program - 1]->bridge.kill_now();
  }
  at(now() + Milliseconds(random_() % 2'500), [this, program] { come_back(program); });
}

void Storm::come_back(std::size_t program) {
  say("start " + std::to_string(program));
  away_.erase(program);
  if (program == 0) {
    EXPECT_TRUE(hub_.start()) << hub_.errors();
    look_at_lines();
  } else {
    machines_[program - 1]->bridge.start_at_once();
    if (!full_.contains(program)) authors_[program - 1]->bridge_is_awake(true);
  }
}

void Storm::stop_somebody(Milliseconds time) {
  const std::size_t program = random_() % (machine_count + 1);
  if (away_.contains(program)) return at(now() + Milliseconds(500), [this, time] { stop_somebody(time); });
  ++counts_["stops"];
  say("stop " + std::to_string(program) + " for " + std::to_string(time.count()));
  away_.insert(program);
  const auto signal = [this, program](int number) {
    if (program == 0) {
      hub_.signal(number);
    } else {
      machines_[program - 1]->bridge.signal(number);
    }
  };
  if (program > 0) authors_[program - 1]->bridge_is_awake(false);
  look_at_lines();
  signal(SIGSTOP);
  at(now() + time, [this, program, signal] {
    say("continue " + std::to_string(program));
    signal(SIGCONT);
    away_.erase(program);
    look_at_lines();
    if (program > 0 && !full_.contains(program)) authors_[program - 1]->bridge_is_awake(true);
  });
}

void Storm::spoil_a_line(Milliseconds time, CutProxy::Line line, std::size_t speed) {
  const std::size_t which = random_() % machine_count;
  ++counts_["bad lines"];
  say("line of " + std::to_string(which + 1) + " is bad in way " + std::to_string(static_cast<int>(line)) + ", speed " +
      std::to_string(speed));
  ++bad_lines_[which + 1];
  look_at_lines();
  machines_[which]->line->set(line);
  machines_[which]->line->throttle(speed);
  at(now() + time, [this, which, line] {
    // No line loses bytes in the middle: what was lost ends with the connection.
    const bool lost = line == CutProxy::Line::answers_lost || line == CutProxy::Line::garbage_to_bridge;
    if (lost) {
      machines_[which]->line->set(CutProxy::Line::cut);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    say("line of " + std::to_string(which + 1) + " is whole");
    machines_[which]->line->set(CutProxy::Line::whole);
    machines_[which]->line->throttle(0);
    --bad_lines_[which + 1];
    look_at_lines();
  });
}

void Storm::look_at_lines() {
  for (std::size_t machine = 1; machine <= machine_count; ++machine)
    authors_[machine - 1]->hub_is_near(bad_lines_[machine] == 0 && !away_.contains(0));
}

void Storm::fill_a_disk(Milliseconds time) {
  // Of the second machine the specs, of the third the state.
  const std::size_t machine = 2 + counts_["full disks"]++ % 2;
  if (full_.contains(machine)) return;
  say("disk of " + std::to_string(machine) + " is full");
  full_.insert(machine);
  SmallDisk& disk = machine == 2 ? *specs_disk_ : *state_disk_;
  if (machine == 2) {
    authors_[machine - 1]->disk_is_full(true);
  } else {
    authors_[machine - 1]->bridge_is_awake(false);  // it has no place to keep what it sees
  }
  disk.fill();
  at(now() + time, [this, machine, &disk] {
    say("disk of " + std::to_string(machine) + " has room");
    disk.make_room();
    full_.erase(machine);
    authors_[machine - 1]->disk_is_full(false);
    if (!away_.contains(machine)) authors_[machine - 1]->bridge_is_awake(true);
  });
}

void Storm::look_for_early_ends() {
  for (std::size_t program = 0; program <= machine_count; ++program) {
    if (away_.contains(program)) continue;
    if (program == 0) {
      if (hub_.running()) continue;
      ADD_FAILURE() << "the hub ended by itself:\n" << end_of(hub_.errors());
    } else {
      BridgeProcess& bridge = machines_[program - 1]->bridge;
      if (bridge.running()) continue;
      // One that is started while there is no room for its state may say so and go; whoever runs it tries again.
      EXPECT_TRUE(full_.contains(program)) << bridge.name() << " ended by itself:\n" << end_of(bridge.log());
      authors_[program - 1]->bridge_is_awake(false);
      ++counts_["ended on a full disk"];
    }
    away_.insert(program);
    at(now() + Milliseconds(1'000), [this, program] { come_back(program); });
  }
}

void Storm::endure(const StormPlan& plan) {
  begun_ = Clock::now();
  for (const auto& author : authors_) author->start();
  const auto finished = [&] {
    return std::all_of(authors_.begin(), authors_.end(), [](const auto& one) { return one->finished(); });
  };
  const auto give_up = plan.length * 2 + std::chrono::minutes(2);
  while (!troubles_.empty() || !finished() || now() < plan.length) {
    while (!troubles_.empty() && troubles_.begin()->first <= now()) {
      const auto what = std::move(troubles_.begin()->second);
      troubles_.erase(troubles_.begin());
      what();
    }
    look_for_early_ends();
    if (now() > give_up) {
      ADD_FAILURE() << "the authors do not come to an end";
      break;
    }
    std::this_thread::sleep_for(ask_again);
  }
  counts_["seconds"] = static_cast<std::size_t>(now().count() / 1000);
}

}  // namespace leanspec::e2e
