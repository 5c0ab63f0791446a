#include "tests/simulation/simulated_bridge.h"

#include <utility>

namespace leanspec::simulation {

namespace {

Uuid fixed(std::uint8_t kind, std::size_t number) {
  Uuid made;
  made.bytes[0] = kind;
  made.bytes[15] = static_cast<std::uint8_t>(number + 1);
  return made;
}

}  // namespace

SimulatedBridge::SimulatedBridge(Stage stage, SimulatedNetwork& network, std::size_t index)
    : clock(stage.executor),
      disk(stage.schedule.timestamp_granularity_ns),
      store(stage.canary),
      stage_(stage),
      network_(network),
      index_(index),
      machine_(fixed(0xA0, index)),
      replica_(fixed(0xB0, index)),
      boot_(uuid()) {
  if (index_ < stage_.schedule.git_machines) git.emplace(disk, stage_.schedule.timestamp_granularity_ns);
  if (stage_.canary == Canary::no_fsync) disk.tree.set_syncs(false, false);
  if (stage_.canary == Canary::state_before_disk) disk.tree.set_syncs(true, false);
  // No two machines agree on the time.
  if (stage_.chance.percent(50)) clock.skew = stage_.chance.time(-86'400'000, 86'400'000);
  store.on_commit = [this](const engine::StateUpdate& update) {
    notice_committed(update);
    stage_.invariants.committed(index_, update, store.durable());
  };
}

void SimulatedBridge::say(const std::string& what) {
  stage_.log.add(stage_.executor.now(), "bridge " + std::to_string(index_) + " " + what);
}

void SimulatedBridge::start() {
  if (engine_) return;
  ++life_;
  store.restart();
  sends_left.reset();
  disk_calls_left.reset();
  applier_.emplace(disk.tree);
  if (stage_.canary == Canary::staging_swept_blindly) sweep_staging();
  scanner_ = std::make_unique<bridge::disk::Scanner>(disk.tree, clock);
  scanning_ = false;
  reconnect_.emplace([this] { return stage_.chance.bits(); });
  engine::ReplicaConfig config;
  config.machine = machine_;
  config.machine_name = "machine-" + std::to_string(index_);
  config.replica = replica_;
  config.project = "project";
  config.branch = "main";
  config.follows_git = git.has_value();
  config.mode = stage_.schedule.two_way ? engine::SyncMode::two_way : engine::SyncMode::push;
  config.client_version = "simulation";
  config.platform = "simulated";
  config.root_hint = "specs";
  config.boot_nonce = uuid();
  config.boot = stage_.canary == Canary::boot_unnoticed ? machine_.value() : boot_;
  config.rescan_interval = std::chrono::duration_cast<std::chrono::seconds>(stage_.schedule.rescan);
  auto opened = engine::ReplicaEngine::open(
      std::move(config), store, [this] { return uuid(); }, now(), fingerprint());
  if (!opened) return stage_.invariants.fail("I12", "a bridge cannot open its own state: " + opened.error().sentence());
  engine_ = std::move(opened).value();
  engine::ReplicaPort& port = *this;
  driver_.emplace(*engine_, *reconnect_, port);
  say("starts");
  if (git) engine_->take_disk({}, now());
  if (std::exchange(resume_at_start_, false)) engine_->resume(now());
  driver_->perform(now());
}

void SimulatedBridge::stop() {
  ++life_;
  drop_connection();
  driver_.reset();
  applier_.reset();
  engine_.reset();
  scanner_.reset();
  wake_at_.reset();
  ++wake_generation_;
}

void SimulatedBridge::crash(milliseconds until_restart) {
  if (!engine_) return;
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
  if (by.count() < 0) empty_files_tell_nothing();
}

/// Those that it has not seen so far: whether they are older than the boot, and may be what a power cut left, nobody
/// knows.
void SimulatedBridge::empty_files_tell_nothing() {
  std::map<std::string, Digest> seen;
  for (const auto& [document, row] : store.durable().local) seen.emplace(row.path, row.file.digest);
  disk.bring_back_empty([&seen](const std::string& path, const Digest& text) {
    const auto known = seen.find(path);
    return known != seen.end() && known->second == text;
  });
}

void SimulatedBridge::cut_power(milliseconds until_restart) {
  const bool dark = !engine_;
  reboot(until_restart);
  disk.set_clock(stage_.executor.now(), clock.now().time_since_epoch().count());
  if (disk.cut_power(stage_.chance)) stage_.sights.insert(Sight::text_lost_with_power);
  if (store.full) disk.nothing_was_known_of_staged();
  if (dark) disturbed(stage_.executor.now());
}

void SimulatedBridge::lose_state() {
  state_lost_at_ = stage_.executor.now();
  if (engine_) {
    stop();
    stage_.executor.after(milliseconds(500), [this] { start(); });
  }
  say("has lost its state");
  // A text that came out of its place and was durable there is lost with it.
  disk.forget_taken([&](const Digest& text) { return store.durable().bodies.contains(text); });
  disk.forget_who_wrote();
  store.lose();
  stage_.invariants.state_lost(index_);
  disturbed(stage_.executor.now());
}

void SimulatedBridge::approve() {
  if (!engine_) return;
  stage_.invariants.approved(index_);
  disk.approved();
  if (stage_.canary == Canary::approval_unheard) return;
  look_at_git();
  engine_->approve(now());
  driver_->perform(now());
}

void SimulatedBridge::pause(bool paused) {
  resume_at_start_ = !paused && !engine_;
  if (!engine_) return;
  look_at_git();
  paused ? engine_->pause(now()) : engine_->resume(now());
  driver_->perform(now());
  // It died before it had written that down: the person was told so, and says it again.
  if (!paused && store.durable().replica.paused) resume_at_start_ = !engine_;
}

void SimulatedBridge::settings_changed() {
  look_at_git();
  if (driver_) driver_->settings_changed(now());
}

void SimulatedBridge::notice_guard() {
  const auto state = engine_->state_name();
  if (std::exchange(seen_state_, state) == state) return;
  if (state == engine::ReplicaStateName::guard) stage_.sights.insert(Sight::mass_delete_held);
  if (state != engine::ReplicaStateName::halted) return;
  const auto detail = engine_->status(now()).detail;
  if (detail.starts_with("the folder is empty"))
    stage_.sights.insert(Sight::root_emptied);
  else if (detail.starts_with("another folder"))
    stage_.sights.insert(Sight::root_replaced);
  else
    stage_.sights.insert(Sight::root_missing);
}

void SimulatedBridge::performed() {
  if (is_dead()) {
    died_sending_ = false;
    return crash(stage_.chance.time(10, 5'000));
  }
  notice_guard();
  if (stage_.canary == Canary::guard_asks_nobody && seen_state_ == engine::ReplicaStateName::guard)
    stage_.executor.after(milliseconds(1), [this, life = life_] {
      if (life != life_ || !engine_) return;
      engine_->approve(now());
      driver_->perform(now());
    });
  if (!scanner_->idle() && !scanning_) {
    scanning_ = true;
    stage_.executor.after(stage_.chance.time(0, 3), [this, life = life_] {
      if (life == life_ && engine_) scan_step();
    });
  }
  schedule_wake();
}

void SimulatedBridge::schedule_wake() {
  const auto next = driver_->deadline();
  if (!next) return;
  const auto left = std::chrono::ceil<milliseconds>(*next - clock.since_boot());
  const auto at = stage_.executor.now() + std::max(left, milliseconds(0));
  if (wake_at_ && *wake_at_ <= at) return;
  wake_at_ = at;
  stage_.executor.at(at, [this, generation = ++wake_generation_] { wake(generation); });
}

void SimulatedBridge::wake(std::uint64_t generation) {
  if (generation != wake_generation_ || !engine_) return;
  wake_at_.reset();
  ++wake_ups_;
  look_at_git();
  driver_->tick(now());
}

engine::GitFingerprint SimulatedBridge::fingerprint() const {
  auto seen = git ? git->fingerprint() : engine::GitFingerprint();
  if (stage_.canary == Canary::index_time_ignored && seen.index) seen.index->modified_ns = 1;
  return seen;
}

void SimulatedBridge::look_at_git() {
  if (git && engine_) engine_->git_seen(fingerprint(), now());
}

/// The git program is a process of its own, and reads the disk while others write to it.
void SimulatedBridge::ask_git(engine::GitQuestion question) {
  if (!git) return;
  stage_.executor.after(stage_.chance.time(1, 30), [this, life = life_, question = std::move(question)] {
    if (life != life_ || !engine_) return;
    stage_.executor.after(stage_.chance.time(0, 5), [this, life, question, answer = git->answer(question)]() mutable {
      if (life != life_ || !engine_) return;
      if (stage_.canary == Canary::put_back_is_an_edit) {
        for (const auto& path : question.paths) {
          if (git->on_disk(path)) answer.states.insert_or_assign(path, engine::GitFileState::changed);
        }
      }
      look_at_git();
      engine_->git_answered(answer, now());
      driver_->perform(now());
    });
  });
}

void SimulatedBridge::disturbed(milliseconds until) {
  calm_since_ = std::max(calm_since_, until);
}

bool SimulatedBridge::at_rest() const {
  if (!engine_ || !open_ || !engine_->quiet() || !scanner_->idle()) return false;
  if (engine_->state_name() != engine::ReplicaStateName::live) return false;
  const auto status = engine_->status(now());
  const bool settled =
      status.state == engine::ReplicaStateName::live || status.state == engine::ReplicaStateName::differs;
  return settled && status.pending_count == 0;
}

}  // namespace leanspec::simulation
