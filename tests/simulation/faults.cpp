#include "tests/simulation/faults.h"

#include <utility>

namespace leanspec::simulation {

namespace {

/// What is on its way so long looks later saved than it was.
void blur_ages(Stage stage, milliseconds until) {
  stage.invariants.clock_jumped();
  if (stage.executor.now() >= until) return;
  stage.executor.after(milliseconds(200), [stage, until] { blur_ages(stage, until); });
}

/// Longer than a delay, or than what a cut leaves behind.
constexpr milliseconds latest_straggler{10'000};

}  // namespace

bool Faults::strike(const Event& event) {
  Chance dice(event.value);
  auto& bridge = *bridges_.at(event.bridge);
  const auto now = stage_.executor.now();
  const auto soon = now + dice.time(100, 15'000);
  switch (event.kind) {
    case EventKind::person_approves:
      if (bridge.disk.covered || bridge.disk.root_is_away) return false;  // nobody agrees to lose a disk
      bridge.approve();
      return bridge.running();
    case EventKind::person_pauses:
      bridge.pause(true);
      bridge.disturbed(soon);
      stage_.executor.at(soon, [&bridge] { bridge.pause(false); });
      return bridge.running();
    case EventKind::unreadable_file:
    case EventKind::unreadable_folder:
      return make_unreadable(bridge, event.kind == EventKind::unreadable_folder, dice);
    case EventKind::root_away:
    case EventKind::root_empty:
      return take_root(bridge, event.kind == EventKind::root_empty, soon);
    case EventKind::hints_lost:
      bridge.set_hint_fault(SimulatedBridge::HintFault::lost, soon);
      return true;
    case EventKind::hints_twice:
      bridge.set_hint_fault(SimulatedBridge::HintFault::twice, soon);
      return true;
    case EventKind::hints_disordered:
      bridge.set_hint_fault(SimulatedBridge::HintFault::disordered, soon);
      return true;
    case EventKind::hints_overflow:
      bridge.overflow();
      return bridge.running();
    case EventKind::bridge_crash:
      bridge.crash(dice.time(10, 8'000));
      return true;
    case EventKind::bridge_crash_at_commit:
      bridge.store().crash_at_commit = static_cast<std::size_t>(dice.below(12));
      bridge.store().crash_after_it = dice.percent(50);
      return true;
    case EventKind::bridge_crash_while_applying:
      if (!stage_.schedule.two_way) return false;
      bridge.disk_calls_left = dice.below(40);
      return bridge.running();
    case EventKind::bridge_crash_while_sending:
      bridge.sends_left = dice.below(12);
      return true;
    case EventKind::machine_reboot:
      bridge.reboot(dice.time(1'000, 20'000));
      return true;
    case EventKind::power_cut:
      bridge.cut_power(dice.time(1'000, 20'000));
      return true;
    case EventKind::state_lost:
      bridge.lose_state();
      state_lost_ = true;
      return true;
    case EventKind::state_store_full:
      bridge.fill_stores(true);
      bridge.disturbed(soon);
      stage_.executor.at(soon, [&bridge] { bridge.fill_stores(false); });
      return true;
    case EventKind::bridge_clock_jump:
      stage_.invariants.clock_jumped();
      // Where files have whole seconds, going back could make two moments look the same.
      bridge.set_clock(stage_.schedule.timestamp_granularity_ns < 1'000'000'000 && dice.percent(50)
                           ? -dice.time(1, 86'400'000)
                           : dice.time(1, 86'400'000));
      return true;
    case EventKind::hub_clock_jump:
      stage_.invariants.clock_jumped();
      hub_.clock.skew += dice.percent(50) ? -dice.time(1, 86'400'000) : dice.time(1, 86'400'000);
      return true;
    case EventKind::cut:
      disturb_all(now);
      network_.block(event.bridge, dice.percent(50) ? soon : now);
      network_.cut(event.bridge, false);
      return true;
    case EventKind::cut_with_stragglers:
      blur_ages(stage_, now + latest_straggler);
      disturb_all(now);
      network_.cut(event.bridge, true);
      return true;
    case EventKind::half_open:
      disturb_all(now + milliseconds(60'000));
      network_.go_half_open(event.bridge);
      return true;
    case EventKind::slow_reader:
      blur_ages(stage_, soon + latest_straggler);
      bridge.disturbed(soon + milliseconds(30'000));
      network_.make_slow(event.bridge, soon);
      return true;
    case EventKind::delay:
      blur_ages(stage_, soon + latest_straggler);
      bridge.disturbed(soon + milliseconds(30'000));
      network_.delay(event.bridge, soon, dice.time(100, 4'000));
      return true;
    case EventKind::machine_revoked:
      hub_.revoke(bridge.machine(), true);
      bridge.disturbed(soon + milliseconds(300'000));
      stage_.executor.at(soon, [this, &bridge] {
        hub_.revoke(bridge.machine(), false);
        bridge.settings_changed();
      });
      return true;
    default:
      return strike_hub(event, dice, soon);
  }
}

bool Faults::strike_hub(const Event& event, Chance& dice, milliseconds soon) {
  disturb_all(soon + milliseconds(20'000));
  switch (event.kind) {
    case EventKind::hub_crash:
      hub_.crash(dice.time(100, 10'000));
      return true;
    case EventKind::hub_crash_at_commit:
      hub_.crash_at_next_commit(dice.time(100, 10'000));
      return true;
    case EventKind::hub_restart:
      hub_.restart(dice.time(100, 5'000));
      return true;
    case EventKind::commit_fails:
      hub_.fail_commits(dice.percent(50) ? fakes::CommitFault::fails : fakes::CommitFault::lost, 1 + dice.below(5));
      return true;
    case EventKind::commit_reply_lost:
      hub_.fail_commits(fakes::CommitFault::reply_lost, 1 + dice.below(5));
      return true;
    case EventKind::store_busy:
      hub_.set_outage(Error(ErrorCode::unavailable, "the database is busy"));
      stage_.executor.at(soon, [this] { hub_.set_outage(std::nullopt); });
      return true;
    case EventKind::store_full:
      hub_.fail_commits(fakes::CommitFault::no_space, 1'000'000);
      stage_.executor.at(soon, [this] { hub_.fail_commits(fakes::CommitFault::none, 0); });
      return true;
    case EventKind::backup:
      hub_.back_up();
      return true;
    case EventKind::restore:
      for (auto& bridge : bridges_) bridge->forget_what_is_safe();
      hub_.restore();
      return hub_.was_restored();
    case EventKind::key_expired:
      hub_.rights.set_valid(false);
      disturb_all(soon + milliseconds(300'000));
      stage_.executor.at(soon, [this] { renew_key(); });
      return true;
    default:
      return false;
  }
}

void Faults::disturb_all(milliseconds until) {
  for (auto& bridge : bridges_) bridge->disturbed(until);
}

void Faults::renew_key() {
  if (hub_.rights.valid()) return;
  hub_.rights.set_valid(true);
  for (auto& bridge : bridges_) bridge->settings_changed();
}

bool Faults::make_unreadable(SimulatedBridge& bridge, bool folder, Chance& dice) {
  const auto& files = bridge.disk.files();
  if (files.empty()) return false;
  auto path = std::next(files.begin(), static_cast<std::ptrdiff_t>(dice.below(files.size())))->first;
  if (folder) path = path.substr(0, path.find('/'));
  bridge.disk.set_failing(
      path, dice.percent(50) ? Error(ErrorCode::forbidden, "permission denied") : Error(ErrorCode::io, "I/O error"));
  const auto until = stage_.executor.now() + dice.time(100, 40'000);
  bridge.disturbed(until + milliseconds(90'000));
  unreadable_.emplace_back(&bridge, path);
  stage_.executor.at(until, [&bridge, path] { bridge.disk.set_failing(path, std::nullopt); });
  if (dice.percent(60)) bridge.overflow();
  return true;
}

bool Faults::take_root(SimulatedBridge& bridge, bool empty, milliseconds until) {
  auto& disk = bridge.disk;
  if (disk.root_is_away || disk.covered) return false;
  if (empty) {
    disk.covered = disk.tree;
    disk.tree.mount_empty_root();
  } else {
    disk.tree.take_root_away();
    disk.root_is_away = true;
  }
  bridge.disturbed(until + milliseconds(30'000));
  bridge.overflow();
  stage_.executor.at(until, [&bridge] { give_root_back(bridge); });
  return true;
}

void Faults::give_root_back(SimulatedBridge& bridge) {
  auto& disk = bridge.disk;
  if (disk.root_is_away) {
    disk.tree.bring_root_back();
    disk.root_is_away = false;
  } else if (disk.covered) {
    disk.tree = *disk.covered;
    disk.covered.reset();
  } else {
    return;
  }
  bridge.overflow();
}

void Faults::heal() {
  stage_.log.add(stage_.executor.now(), "everything heals");
  network_.heal();
  hub_.set_outage(std::nullopt);
  hub_.fail_commits(fakes::CommitFault::none, 0);
  renew_key();
  hub_.start();
  for (const auto& [bridge, path] : unreadable_) bridge->disk.set_failing(path, std::nullopt);
  for (auto& bridge : bridges_) {
    hub_.revoke(bridge->machine(), false);
    bridge->fill_stores(false);
    bridge->store().crash_at_commit.reset();
    bridge->sends_left.reset();
    bridge->disk_calls_left.reset();
    bridge->disk.tree.set_interruption(nullptr);
    give_root_back(*bridge);
    bridge->start();
    bridge->pause(false);
    if (const auto refusal = bridge->replica()->refusal(); refusal && refusal->retry_after.count() == 0)
      bridge->settings_changed();
  }
}

}  // namespace leanspec::simulation
