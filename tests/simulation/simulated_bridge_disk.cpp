// The part of SimulatedBridge that hears of its disk, looks at it and writes to it.
#include <utility>

#include "tests/simulation/bridge_words.h"
#include "tests/simulation/simulated_bridge.h"

namespace leanspec::simulation {

namespace {

/// One that is held up for another reason may have looked or not.
bool has_looked(engine::ReplicaStateName state) {
  using enum engine::ReplicaStateName;
  return state == offline || state == catching_up || state == syncing || state == live;
}

/// A hundred saves within a second, a few times over, are some hundred looks.
constexpr std::uint64_t looks_per_minute_max = 3'000;

struct Killed {};

}  // namespace

void SimulatedBridge::set_hint_fault(HintFault fault, milliseconds until) {
  hint_fault_ = fault;
  hint_fault_until_ = until;
  // A lost hint is made good by the next look at everything.
  if (fault == HintFault::lost) disturbed(until + 2 * stage_.schedule.rescan);
}

void SimulatedBridge::hint(engine::HintKind kind, const std::string& path, std::optional<std::string> from,
                           bool folder) {
  if (!here_) return;
  const auto fault = stage_.executor.now() < hint_fault_until_ ? hint_fault_ : HintFault::none;
  if (fault == HintFault::lost && stage_.chance.percent(50)) {
    hint_lost_at_ = stage_.executor.now();
    disk.hint_was_lost(path);
    return;
  }
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
    if (life != life_ || !here_) return;
    look_at_git();
    here_->engine().hinted(hint, now());
    here_->driver().perform(now());
  });
}

void SimulatedBridge::overflow() {
  if (here_) deliver(engine::Hint(), milliseconds(1));
}

/// A look that brings nothing must not be asked for again at once: that is a circle in which time does pass.
void SimulatedBridge::count_look() {
  if (stage_.executor.now() - looks_since_ >= std::chrono::minutes(1)) {
    looks_since_ = stage_.executor.now();
    looks_ = 0;
  }
  if (++looks_ > looks_per_minute_max)
    stage_.invariants.fail("I9", "bridge " + std::to_string(index_) + " looks at its disk again and again");
}

void SimulatedBridge::scan(const SimulatedReplica& replica, engine::ScanRequest request) {
  if (&replica != here_.get()) return;
  count_look();
  looks_everywhere_ = request.everything;
  if (!is_dead()) scanner_->begin(std::move(request));
}

void SimulatedBridge::scan_step() {
  scanning_ = false;
  disk.set_clock(stage_.executor.now(), clock.now().time_since_epoch().count());  // somebody may write meanwhile
  auto result = scanner_->step(here_->engine().files());
  if (result) {
    if (stage_.canary == Canary::unknown_is_absence) {
      result->root = engine::RootHealth::healthy;
      std::erase_if(result->observations,
                    [](const engine::Observation& seen) { return seen.presence == engine::Presence::unknown; });
    }
    if (looks_everywhere_) {
      if (auto names = applier_->left_overs()) {
        std::erase_if(*names, [this](const std::string& name) { return staged_for_others_.contains(name); });
        here_->engine().seen_in_staging(*std::move(names));
      }
    }
    look_at_git();
    if (begins_) note_what_it_begins_without();
    here_->engine().scanned(*result, now());
    begins_ = begins_ && !has_looked(here_->engine().state_name());
  }
  here_->driver().perform(now());
}

void SimulatedBridge::apply(const SimulatedReplica& replica, engine::ApplyRequest request) {
  if (is_dead() || &replica != here_.get()) return;
  const auto& cursor = replica.engine().state().replica.cursor;
  const auto life_of_hub = cursor ? std::optional{cursor->epoch} : std::nullopt;
  stage_.executor.after(stage_.chance.time(0, 3), [this, turn = turn_, life_of_hub, request = std::move(request)] {
    if (turn == turn_ && here_) carry_out(request, life_of_hub);
  });
}

/// The real applier. A user may act between any two of its calls, and it may die there.
void SimulatedBridge::carry_out(const engine::ApplyRequest& request, std::optional<Epoch> life_of_hub) {
  // Between the plan and now another branch may have been checked out.
  if (is_elsewhere(fingerprint())) {
    waiting_ = request;
    return look_at_git();
  }
  disk.set_clock(stage_.executor.now(), clock.now().time_since_epoch().count());
  disk.tree.set_call_limit(disk_calls_left, [] { throw Killed{}; });
  engine::ApplyResult result;
  applies_ = true;
  try {
    result = applier_->carry_out(request);
    applies_ = false;
    died_applying_ = false;
  } catch (const Killed&) {
    applies_ = false;
    died_applying_ = true;
    disk.tree.set_call_limit(std::nullopt, nullptr);
    notice_applied(request, life_of_hub);
    say("dies while it applies");
    return crash(stage_.chance.time(10, 5'000));
  }
  bend(request, result);
  if (disk_calls_left) disk_calls_left = disk.tree.calls_left();
  disk.tree.set_call_limit(std::nullopt, nullptr);
  notice_applied(request, life_of_hub);
  tell_of(request, result);
  look_at_git();
  here_->engine().applied(result, now());
  here_->driver().perform(now());
}

/// The canaries that a careless applier would be.
void SimulatedBridge::bend(const engine::ApplyRequest&, engine::ApplyResult& result) {
  if (stage_.canary == Canary::state_before_disk)
    stage_.executor.after(milliseconds(2'000), [this] { disk.tree.sync_all_names(); });
  if (stage_.canary == Canary::spinning) spin();
  if (stage_.canary != Canary::exchange_without_verify) return;
  for (auto& applied : result.results) {
    if (!std::exchange(applied.displaced, std::nullopt)) continue;
    if (const auto name = std::exchange(applied.left_over, std::nullopt))
      disk.tree.remove(std::string(engine::staging_folder) + "/" + *name);
  }
}

void SimulatedBridge::spin() {
  stage_.executor.after(milliseconds(0), [this] { spin(); });
}

void SimulatedBridge::sweep_staging() {
  const auto names = applier_->left_overs();
  for (const auto& name : names ? *names : std::vector<std::string>())
    disk.tree.remove(std::string(engine::staging_folder) + "/" + name);
}

/// `life` of the hub: what was history there when the bridge learned of what came after it, it may replace, whatever a
/// restore takes away in the meantime.
void SimulatedBridge::notice_applied(const engine::ApplyRequest& request, std::optional<Epoch> life) {
  std::map<std::string, std::string> moves;
  for (const auto& item : request.items) {
    const auto& wanted = item.wanted;
    if (item.step == engine::ApplyStep::apply && wanted.from && wanted.to && wanted.from != wanted.to)
      moves.emplace(disk.key(*wanted.to), disk.key(*wanted.from));
  }
  const auto is_safe = [&](const Digest& digest) {
    return life ? stage_.invariants.was_at_hub(digest, *life) : stage_.invariants.texts_at_hub().contains(digest);
  };
  disk.notice_applied(is_safe, moves);
  if (disk.replaced_of_git() > 0) stage_.sights.insert(Sight::put_back_and_brought_forward);
}

void SimulatedBridge::forget_what_is_safe() {
  disk.forget_taken([this](const Digest& digest) { return stage_.invariants.texts_at_hub().contains(digest); });
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

/// Law 10: what the state says of the disk survives a power cut as the state does.
void SimulatedBridge::notice_committed(const engine::StateUpdate& update) {
  if (disk.covered || disk.root_is_away) return;
  // Without memory it cannot know what it made itself; by then the disk has written it.
  constexpr milliseconds everything_written_back{31'000};
  if (state_lost_at_ && stage_.executor.now() - *state_lost_at_ < everything_written_back) return;
  // A branch begins with the rows of the one before, which say what stood there when that one last looked.
  const auto is_of_what_stands = [this](const engine::LocalRow& row) {
    const auto facts = disk.tree.facts(row.path);
    return facts && facts->inode == row.file.facts.inode;
  };
  for (const auto& [document, row] : update.local) {
    if (row && disk.tree.is_ours_and_uncertain(row->path) && is_of_what_stands(*row))
      stage_.invariants.fail("law 10",
                             "the state has " + row->path + " as the bridge made it, and a power cut could undo that");
  }
}

}  // namespace leanspec::simulation
