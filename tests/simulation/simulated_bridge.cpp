#include "tests/simulation/simulated_bridge.h"

#include <utility>
#include <variant>

#include "digest/sha256.h"
#include "wire/codec.h"

namespace leanspec::simulation {

namespace {

std::string_view word_of(wire::PushOutcome outcome) {
  switch (outcome) {
    case wire::PushOutcome::accepted:
      return "accepted";
    case wire::PushOutcome::unchanged:
      return "unchanged";
    case wire::PushOutcome::known:
      return "known";
    case wire::PushOutcome::held:
      return "held";
    case wire::PushOutcome::rejected:
      return "rejected";
    case wire::PushOutcome::retry:
      return "retry";
    case wire::PushOutcome::need_body:
      return "need body";
  }
  return "nothing";
}

std::string_view word_of(engine::ApplyStep step) {
  switch (step) {
    case engine::ApplyStep::apply:
      return "applies";
    case engine::ApplyStep::recover:
      return "recovers";
    case engine::ApplyStep::look_back:
      return "looks back at";
    case engine::ApplyStep::swap:
      return "swaps";
  }
  return "does nothing with";
}

std::string_view word_of(engine::ApplyOutcome outcome) {
  switch (outcome) {
    case engine::ApplyOutcome::applied:
      return "done";
    case engine::ApplyOutcome::writer_open:
      return "a writer has it open";
    case engine::ApplyOutcome::moved_on:
      return "the disk moved on";
    case engine::ApplyOutcome::failed:
      return "failed";
  }
  return "nothing";
}

std::string short_of(const Uuid& id) {
  return to_string(id).substr(24);
}

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
  store.on_commit = [this](const engine::StateUpdate& update) {
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
  scanner_ = std::make_unique<bridge::disk::Scanner>(disk.tree, clock);
  scanning_ = false;
  reconnect_.emplace([this] { return stage_.chance.bits(); });
  engine::ReplicaConfig config;
  config.machine = machine_;
  config.machine_name = "machine-" + std::to_string(index_);
  config.replica = replica_;
  config.project = "project";
  config.branch = "main";
  config.mode = stage_.schedule.two_way ? engine::SyncMode::two_way : engine::SyncMode::push;
  config.client_version = "simulation";
  config.platform = "simulated";
  config.root_hint = "specs";
  config.boot_nonce = uuid();
  config.boot = boot_;
  config.rescan_interval = std::chrono::duration_cast<std::chrono::seconds>(stage_.schedule.rescan);
  auto opened = engine::ReplicaEngine::open(
      std::move(config), store, [this] { return uuid(); }, now());
  if (!opened) return stage_.invariants.fail("I12", "a bridge cannot open its own state: " + opened.error().sentence());
  engine_ = std::move(opened).value();
  engine::ReplicaPort& port = *this;
  driver_.emplace(*engine_, *reconnect_, port);
  say("starts");
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
}

void SimulatedBridge::lose_state() {
  if (engine_) {
    stop();
    stage_.executor.after(milliseconds(500), [this] { start(); });
  }
  say("has lost its state");
  store.lose();
  stage_.invariants.state_lost(index_);
  disturbed(stage_.executor.now());
}

void SimulatedBridge::set_hint_fault(HintFault fault, milliseconds until) {
  hint_fault_ = fault;
  hint_fault_until_ = until;
  // A lost hint is made good by the next look at everything.
  if (fault == HintFault::lost) disturbed(until + 2 * stage_.schedule.rescan);
}

void SimulatedBridge::hint(engine::HintKind kind, const std::string& path, std::optional<std::string> from,
                           bool folder) {
  if (!engine_) return;
  const auto fault = stage_.executor.now() < hint_fault_until_ ? hint_fault_ : HintFault::none;
  if (fault == HintFault::lost && stage_.chance.percent(50)) return;
  engine::Hint hint;
  hint.kind = kind;
  hint.path = path;
  hint.from = std::move(from);
  hint.folder = folder;
  if (fault == HintFault::disordered) {
    deliver(hint, stage_.chance.time(0, 400));
    return;
  }
  last_hint_due_ = std::max(last_hint_due_, stage_.executor.now() + stage_.chance.time(0, 4));
  deliver(hint, last_hint_due_ - stage_.executor.now());
  if (fault == HintFault::twice) deliver(hint, stage_.chance.time(0, 400));
}

void SimulatedBridge::deliver(const engine::Hint& hint, milliseconds delay) {
  stage_.executor.after(delay, [this, hint, life = life_] {
    if (life != life_ || !engine_) return;
    engine_->hinted(hint, now());
    driver_->perform(now());
  });
}

void SimulatedBridge::overflow() {
  if (engine_) deliver(engine::Hint(), milliseconds(1));
}

void SimulatedBridge::approve() {
  if (!engine_) return;
  stage_.invariants.approved(index_);
  engine_->approve(now());
  driver_->perform(now());
}

void SimulatedBridge::pause(bool paused) {
  resume_at_start_ = !paused && !engine_;
  if (!engine_) return;
  paused ? engine_->pause(now()) : engine_->resume(now());
  driver_->perform(now());
}

void SimulatedBridge::settings_changed() {
  if (driver_) driver_->settings_changed(now());
}

void SimulatedBridge::opened(LinkId link) {
  if (link_ != link || !engine_) return;
  open_ = true;
  driver_->opened(now());
}

void SimulatedBridge::received(LinkId link, const std::string& frame) {
  if (link_ != link || !engine_) return;
  auto message = wire::decode_to_bridge(frame);
  if (!message) return stage_.invariants.fail("codec", "a bridge cannot read the hub: " + message.error().sentence());
  stage_.log.mix(frame);
  stage_.invariants.bridge_got(index_, *message);
  if (const auto* result = std::get_if<wire::PushResult>(&*message)) {
    say("is told " + std::string(word_of(result->outcome)) + " for " + short_of(result->change.value()) + ": " +
        short_of(result->document.value()) + " at " + std::to_string(result->seq.value()));
  }
  driver_->received(*message, now());
}

void SimulatedBridge::lost(LinkId link, unsigned code) {
  if (link_ != link || !engine_) return;
  link_.reset();
  open_ = false;
  driver_->ended(engine::explain_close(code, ""), now());
}

void SimulatedBridge::could_not_connect(LinkId link, bool refused) {
  if (link_ != link || !engine_) return;
  link_.reset();
  engine::ConnectionEnd end;
  end.why = "no connection";
  end.refused = refused;
  driver_->ended(std::move(end), now());
}

void SimulatedBridge::connection_ended(const engine::ConnectionEnd& end) {
  say("offline: " + end.why);
  disturbed(stage_.executor.now());
}

Status SimulatedBridge::connect() {
  disturbed(stage_.executor.now());
  link_ = network_.connect(index_);
  return {};
}

void SimulatedBridge::drop_connection() {
  if (link_) network_.bridge_closes(*std::exchange(link_, std::nullopt));
  open_ = false;
}

void SimulatedBridge::send(const wire::ToHub& message) {
  if (is_dead()) return;
  if (sends_left && (*sends_left)-- == 0) {
    sends_left.reset();
    died_sending_ = true;
    return;
  }
  if (!open_ || !link_) return;
  auto sent = message;
  if (auto* push = std::get_if<wire::Push>(&sent);
      push != nullptr && stage_.canary == Canary::resend_with_new_bytes && push->digest) {
    const auto file = disk.files().find(push->path);
    if (!sent_once_.try_emplace(push->change, true).second && file != disk.files().end()) {
      push->digest = digest::sha256(file->second.text);
      push->size = file->second.text.size();
      push->content = wire::WholeBody{file->second.text};
    }
  }
  if (const auto* push = std::get_if<wire::Push>(&sent)) {
    say("pushes " + push->path + " of " + short_of(push->document.value()) + (push->digest ? "" : ", deleted") +
        " as " + short_of(push->change.value()));
  }
  network_.to_hub(*link_, wire::encode(sent));
}

void SimulatedBridge::scan(engine::ScanRequest request) {
  looks_everywhere_ = request.everything;
  if (!is_dead()) scanner_->begin(std::move(request));
}

void SimulatedBridge::apply(engine::ApplyRequest request) {
  if (is_dead()) return;
  const auto& cursor = engine_->state().replica.cursor;
  const auto life_of_hub = cursor ? std::optional{cursor->epoch} : std::nullopt;
  stage_.executor.after(stage_.chance.time(0, 3), [this, life = life_, life_of_hub, request = std::move(request)] {
    if (life == life_ && engine_) carry_out(request, life_of_hub);
  });
}

namespace {
struct Killed {};
}  // namespace

/// The real applier. A user may act between any two of its calls, and it may die there.
void SimulatedBridge::carry_out(const engine::ApplyRequest& request, std::optional<Epoch> life_of_hub) {
  disk.set_clock(stage_.executor.now(), clock.now().time_since_epoch().count());
  disk.tree.set_call_limit(disk_calls_left, [] { throw Killed{}; });
  engine::ApplyResult result;
  try {
    result = applier_->carry_out(request);
  } catch (const Killed&) {
    disk.tree.set_call_limit(std::nullopt, nullptr);
    notice_applied(life_of_hub);
    say("dies while it applies");
    return crash(stage_.chance.time(10, 5'000));
  }
  if (disk_calls_left) disk_calls_left = disk.tree.calls_left();
  disk.tree.set_call_limit(std::nullopt, nullptr);
  notice_applied(life_of_hub);
  tell_of(request, result);
  engine_->applied(result, now());
  driver_->perform(now());
}

/// `life` of the hub: what was history there when the bridge learned of what came after it, it may replace, whatever a
/// restore takes away in the meantime.
void SimulatedBridge::notice_applied(std::optional<Epoch> life) {
  disk.notice_applied([&](const std::string& text) {
    const auto digest = digest::sha256(text);
    return life ? stage_.invariants.was_at_hub(digest, *life) : stage_.invariants.texts_at_hub().contains(digest);
  });
}

void SimulatedBridge::forget_what_is_safe() {
  disk.forget_taken(
      [this](const std::string& text) { return stage_.invariants.texts_at_hub().contains(digest::sha256(text)); });
}

/// The watcher sees our own work as it sees everybody's.
void SimulatedBridge::tell_of(const engine::ApplyRequest& request, const engine::ApplyResult& result) {
  for (std::size_t i = 0; i < result.results.size(); ++i) {
    const auto& item = request.items[i];
    say(std::string(word_of(item.step)) + " " + short_of(item.wanted.document.value()) + " from " +
        item.wanted.from.value_or("nowhere") + " to " + item.wanted.to.value_or("nowhere") + ": " +
        std::string(word_of(result.results[i].outcome)) + (result.results[i].displaced ? ", a text came out" : "") +
        (result.results[i].error ? ", " + result.results[i].error->sentence() : ""));
    if (result.results[i].outcome != engine::ApplyOutcome::applied) continue;
    const auto& wanted = item.wanted;
    if (item.step == engine::ApplyStep::swap) hint(engine::HintKind::moved_in, *wanted.from, wanted.to);
    if (item.step != engine::ApplyStep::swap && item.step != engine::ApplyStep::apply) continue;
    if (wanted.from && wanted.to && wanted.from != wanted.to)
      hint(engine::HintKind::moved_in, *wanted.to, wanted.from);
    else if (wanted.to)
      hint(engine::HintKind::moved_in, *wanted.to);
    else
      hint(engine::HintKind::removed, *wanted.from);
  }
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
  if (!scanner_->idle() && !scanning_) {
    scanning_ = true;
    stage_.executor.after(stage_.chance.time(0, 3), [this, life = life_] {
      if (life == life_ && engine_) scan_step();
    });
  }
  schedule_wake();
}

void SimulatedBridge::scan_step() {
  scanning_ = false;
  disk.set_clock(stage_.executor.now(), clock.now().time_since_epoch().count());  // somebody may write meanwhile
  auto result = scanner_->step(engine_->files());
  if (result) {
    if (stage_.canary == Canary::unknown_is_absence) {
      result->root = engine::RootHealth::healthy;
      std::erase_if(result->observations,
                    [](const engine::Observation& seen) { return seen.presence == engine::Presence::unknown; });
    }
    if (auto names = applier_->left_overs(); names && looks_everywhere_) engine_->seen_in_staging(*std::move(names));
    engine_->scanned(*result, now());
  }
  driver_->perform(now());
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
  driver_->tick(now());
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
