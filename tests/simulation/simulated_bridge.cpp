#include "tests/simulation/simulated_bridge.h"

#include <algorithm>
#include <utility>

namespace leanspec::simulation {

namespace {

Uuid fixed(std::uint8_t kind, std::size_t number) {
  Uuid made;
  made.bytes[0] = kind;
  made.bytes[15] = static_cast<std::uint8_t>(number + 1);
  return made;
}

/// As ext4 and NTFS with folded case, APFS and HFS+ have it.
fakes::DiskFolding folding_of(DiskNames names) {
  fakes::DiskFolding folding;
  folding.letters = names != DiskNames::kept_apart;
  folding.accents = names == DiskNames::case_and_accents_folded || names == DiskNames::accents_taken_apart;
  folding.takes_apart = names == DiskNames::accents_taken_apart;
  return folding;
}

}  // namespace

SimulatedBridge::SimulatedBridge(Stage stage, SimulatedNetwork& network, std::size_t index)
    : clock(stage.executor),
      disk(stage.schedule.timestamp_granularity_ns,
           index + 1 == stage.schedule.bridges ? folding_of(stage.schedule.names) : fakes::DiskFolding()),
      stage_(stage),
      network_(network),
      index_(index),
      machine_(fixed(0xA0, index)),
      replica_(fixed(0xB0, index)),
      boot_(uuid()),
      careless_(
          stage, index, disk, [this] { return uuid(); },
          [this](const wire::ToHub& message) { return here_ && here_->send_as_it_is(message); }) {
  if (index_ < stage_.schedule.git_machines) git.emplace(disk, stage_.schedule.timestamp_granularity_ns);
  if (stage_.canary == Canary::no_fsync) disk.tree.set_syncs(false, false);
  if (stage_.canary == Canary::state_before_disk) disk.tree.set_syncs(true, false);
  // No two machines agree on the time.
  if (stage_.chance.percent(50)) clock.skew = stage_.chance.time(-86'400'000, 86'400'000);
  (void)store_of(branch_);
}

void SimulatedBridge::say(const std::string& what) {
  stage_.log.add(stage_.executor.now(), "bridge " + std::to_string(index_) + " " + what);
}

void SimulatedBridge::start() {
  if (here_) return;
  ++life_;
  for (auto& [branch, store] : stores_) store.restart();
  // What it knew may be of a time that is still to come; whether an empty file is older, nobody knows.
  if (was_set_back_) empty_files_tell_nothing();
  sends_left.reset();
  disk_calls_left.reset();
  applier_.emplace(disk.tree);
  if (stage_.canary == Canary::staging_swept_blindly) sweep_staging();
  scanner_ = std::make_unique<bridge::disk::Scanner>(disk.tree, clock);
  scanning_ = false;
  nonce_ = uuid();
  read_at_start_ = git ? git->fingerprint() : engine::GitFingerprint();
  if (const auto opened = open_branches(); !opened) return could_not_open(opened.error());
  say("starts");
  // It died before it had written the end of the pause down, or nothing ran then: the person sees `paused` and says it
  // again.
  if (!wants_pause_ && store().durable().replica.paused) here_->engine().resume(now());
  each_replica([this](SimulatedReplica& replica) { replica.driver().perform(now()); });
}

void SimulatedBridge::stop() {
  ++life_;
  ++turn_;
  here_.reset();
  behind_.clear();
  waiting_.reset();
  branch_changes_ = false;
  applier_.reset();
  scanner_.reset();
  wake_at_.reset();
  ++wake_generation_;
}

void SimulatedBridge::crash(milliseconds until_restart) {
  if (!here_) return;
  say("crashes");
  stop();
  disturbed(stage_.executor.now() + until_restart);
  stage_.executor.after(until_restart, [this] { start(); });
}

void SimulatedBridge::reboot(milliseconds until_restart) {
  crash(until_restart);
  boot_ = uuid();
  clock.booted_at = stage_.executor.now();
  empty_files_tell_nothing();
}

void SimulatedBridge::set_clock(milliseconds by) {
  clock.skew += by;
  was_set_back_ = was_set_back_ || by.count() < 0;
  // Set forward while no bridge ran, what was emptied since the boot is older than the boot by its time; set back, a
  // time in the future tells nothing.
  if (by.count() < 0 || !here_) empty_files_tell_nothing();
}

/// Those that it has not seen so far: whether they are older than the boot, and may be what a power cut left, nobody
/// knows.
void SimulatedBridge::empty_files_tell_nothing() {
  std::map<std::string, Digest> seen;
  for (const auto& [document, row] : store().durable().local) seen.emplace(row.path, row.file.digest);
  disk.bring_back_empty([&seen](const std::string& path, const Digest& text) {
    const auto known = seen.find(path);
    return known != seen.end() && known->second == text;
  });
}

void SimulatedBridge::cut_power(milliseconds until_restart) {
  const bool dark = !here_;
  reboot(until_restart);
  disk.set_clock(stage_.executor.now(), clock.now().time_since_epoch().count());
  if (disk.cut_power(stage_.chance)) stage_.sights.insert(Sight::text_lost_with_power);
  if (store().full || died_applying_) disk.nothing_was_known_of_staged();
  if (dark) disturbed(stage_.executor.now());
}

void SimulatedBridge::lose_state() {
  state_lost_at_ = stage_.executor.now();
  if (here_) {
    stop();
    stage_.executor.after(milliseconds(500), [this] { start(); });
  }
  say("has lost its state");
  // A text that came out of its place and was durable there is lost with it.
  disk.forget_taken([&](const Digest& text) {
    return std::any_of(stores_.begin(), stores_.end(),
                       [&](const auto& one) { return one.second.durable().bodies.contains(text); });
  });
  disk.forget_who_wrote();
  for (auto& [branch, store] : stores_) store.lose();
  stage_.invariants.state_lost(index_);
  disturbed(stage_.executor.now());
}

void SimulatedBridge::approve() {
  if (!here_) return;
  stage_.invariants.approved(index_);
  disk.approved();
  if (stage_.canary == Canary::approval_unheard) return;
  look_at_git();
  here_->engine().approve(now());
  here_->driver().perform(now());
}

void SimulatedBridge::pause(bool paused) {
  wants_pause_ = paused && here_;
  if (!here_) return;
  look_at_git();
  each_replica(
      [&](SimulatedReplica& replica) { paused ? replica.engine().pause(now()) : replica.engine().resume(now()); });
  each_replica([&](SimulatedReplica& replica) { replica.driver().perform(now()); });
}

void SimulatedBridge::settings_changed() {
  look_at_git();
  each_replica([&](SimulatedReplica& replica) { replica.driver().settings_changed(now()); });
}

void SimulatedBridge::notice_guard() {
  const auto state = here_->engine().state_name();
  if (std::exchange(seen_state_, state) == state) return;
  if (state == engine::ReplicaStateName::guard) stage_.sights.insert(Sight::mass_delete_held);
  if (state != engine::ReplicaStateName::halted) return;
  const auto detail = here_->engine().status(now()).detail;
  if (detail.starts_with("the folder is empty"))
    stage_.sights.insert(Sight::root_emptied);
  else if (detail.starts_with("another folder"))
    stage_.sights.insert(Sight::root_replaced);
  else
    stage_.sights.insert(Sight::root_missing);
}

bool SimulatedBridge::is_dead() const {
  return died_sending_ ||
         std::any_of(stores_.begin(), stores_.end(), [](const auto& one) { return one.second.power_gone; });
}

bool SimulatedBridge::may_send() {
  if (is_dead()) return false;
  if (sends_left && (*sends_left)-- == 0) {
    sends_left.reset();
    died_sending_ = true;
  }
  return !died_sending_;
}

void SimulatedBridge::performed(const SimulatedReplica& replica) {
  if (is_dead()) {
    died_sending_ = false;
    return crash(stage_.chance.time(10, 5'000));
  }
  if (&replica != here_.get()) {
    if (replica.has_nothing_to_send()) close_answered();
    return schedule_wake();
  }
  notice_guard();
  if (stage_.canary == Canary::guard_asks_nobody && seen_state_ == engine::ReplicaStateName::guard)
    stage_.executor.after(milliseconds(1), [this, life = life_] {
      if (life != life_ || !here_) return;
      here_->engine().approve(now());
      here_->driver().perform(now());
    });
  if (!scanner_->idle() && !scanning_) {
    scanning_ = true;
    stage_.executor.after(stage_.chance.time(0, 3), [this, life = life_] {
      if (life == life_ && here_) scan_step();
    });
  }
  schedule_wake();
}

void SimulatedBridge::schedule_wake() {
  std::optional<BootTime> next;
  each_replica([&](SimulatedReplica& replica) {
    const auto deadline = replica.driver().deadline();
    if (deadline && (!next || *deadline < *next)) next = deadline;
  });
  if (!next) return;
  const auto left = std::chrono::ceil<milliseconds>(*next - clock.since_boot());
  const auto at = stage_.executor.now() + std::max(left, milliseconds(0));
  if (wake_at_ && *wake_at_ <= at) return;
  wake_at_ = at;
  stage_.executor.at(at, [this, generation = ++wake_generation_] { wake(generation); });
}

void SimulatedBridge::wake(std::uint64_t generation) {
  if (generation != wake_generation_ || !here_) return;
  wake_at_.reset();
  ++wake_ups_;
  look_at_git();
  each_replica([this](SimulatedReplica& replica) { replica.driver().tick(now()); });
}

void SimulatedBridge::disturbed(milliseconds until) {
  calm_since_ = std::max(calm_since_, until);
}

milliseconds SimulatedBridge::calm_since() const {
  return std::max(calm_since_, std::min(stage_.executor.now(), rests_until_));
}

/// The bytes of a file that was only renamed lie on the disk. A restored hub that lost them gets them when its branch
/// is checked out again, and the group with it.
bool SimulatedBridge::has_work(const std::string& branch, const SimulatedStateStore& store) const {
  const auto& state = store.durable();
  const auto waits_for_disk = [&](const engine::PendingChange& pending) {
    return branch != branch_ && pending.moved_only && pending.digest && !state.bodies.contains(*pending.digest);
  };
  std::set<std::optional<GroupId>> groups;
  for (const auto& [change, pending] : state.pending) {
    if (pending.group && waits_for_disk(pending)) groups.insert(pending.group);
  }
  return std::any_of(state.pending.begin(), state.pending.end(), [&](const auto& one) {
    return !waits_for_disk(one.second) && !groups.contains(one.second.group);
  });
}

bool SimulatedBridge::at_rest() const {
  if (!here_ || !here_->is_connected() || !here_->engine().quiet() || !scanner_->idle()) return false;
  if (here_->engine().state_name() != engine::ReplicaStateName::live) return false;
  // What was made on other branches goes on its way too (law 24).
  if (std::any_of(stores_.begin(), stores_.end(), [&](const auto& one) { return has_work(one.first, one.second); }))
    return false;
  const auto status = here_->engine().status(now());
  const bool settled =
      status.state == engine::ReplicaStateName::live || status.state == engine::ReplicaStateName::differs;
  return settled && status.pending_count == 0;
}

}  // namespace leanspec::simulation
