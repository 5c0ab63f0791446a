#include "bridge/engine/replica_impl.h"

#include <algorithm>
#include <utility>

namespace leanspec::bridge::engine {

ReplicaEngine::Impl::Impl(ReplicaConfig replica_config, StateStore& store, ReplicaState loaded,
                          const MakeUuid& make_uuid, Now now)
    : config(std::move(replica_config)),
      ledger(store, std::move(loaded)),
      folder(ledger, config, make_uuid, now),
      catch_up(ledger),
      outbox_(
          ledger, folder, catch_up, config, make_uuid, [this](wire::ToHub message) { send(std::move(message)); },
          [this](const DocumentId& document, bool incoming) {
            if (writes_here(config.mode)) inbox_.planned(document, incoming);
          },
          [this](const DocumentId& document, BootTime when) { editing.changed(document, when); }),
      inbox_(ledger, folder, outbox_, config, make_uuid, [this](wire::ToHub message) { send(std::move(message)); }),
      guard_report_(ledger, folder, config, make_uuid),
      clock_ahead_(now.wall - std::chrono::duration_cast<std::chrono::milliseconds>(now.boot.time_since_epoch())) {
  if (!config.follows_git || ledger.state().replica.git_branch == config.branch) return;
  ledger.remember_ancestors_so_far();
  auto row = ledger.state().replica;
  row.git_branch = config.branch;
  ledger.set_replica(std::move(row));
}

void ReplicaEngine::Impl::send(wire::ToHub message) {
  actions.emplace_back(SendMessage{std::move(message)});
}

void ReplicaEngine::Impl::changed() {
  changed_since_report_ = true;
  actions.emplace_back(StatusChanged{});
}

bool ReplicaEngine::Impl::may_send() const {
  return welcome_ && catch_up.caught_up() && (folder.looked_once() || without_disk()) &&
         !ledger.state().replica.paused && !folder.guard().halted();
}

void ReplicaEngine::Impl::set_paused(bool paused, Now now) {
  auto row = ledger.state().replica;
  row.paused = paused;
  ledger.set_replica(std::move(row));
  ledger.commit(now.boot);
  if (!paused) outbox_.caught_up();
  changed();
  advance(now);
}

void ReplicaEngine::Impl::approve(Now now) {
  if (folder.git().judgement().mood == GitMood::elsewhere) {
    inbox_.approve();
    folder.git().take_branch(now);
  } else {
    release(now);
  }
  changed();
  advance(now);
}

void ReplicaEngine::Impl::release(Now now) {
  inbox_.approve();
  folder.approve(guard_report_.id().value_or(GuardId{}), now);
}

Status ReplicaEngine::Impl::revert(Now now) {
  const auto state = guard_report_.state(now);
  if (!state.guard) return Error(ErrorCode::not_found, "nothing is held here", {}, "See leanspec-bridge status.");
  if (!state.revertible) return Error(ErrorCode::unsupported, "it cannot be reverted: " + state.detail);
  folder.revert(now);
  changed();
  advance(now);
  return {};
}

/// A person decided it at the hub, on what they saw there. If that is not what is held now, they are shown what is.
void ReplicaEngine::Impl::decided(const wire::GuardDecision& decision, Now now) {
  const auto state = guard_report_.state(now);
  const bool approve = decision.decision == wire::GuardDecisionKind::approve;
  if (state.guard != decision.guard || !(approve ? state.approvable : state.revertible)) {
    guard_report_.tell_again();
    return;
  }
  if (approve)
    release(now);
  else
    folder.revert(now);
}

void ReplicaEngine::Impl::tick(Now now) {
  ledger.tick(now.boot);
  folder.git().tick(now);
  keep_alive(now);
}

/// Nothing holds the folder.
bool ReplicaEngine::Impl::may_plan() const {
  const auto& replica = ledger.state().replica;
  return folder.looked_once() && !replica.is_beginning() && folder.git().may_look() && !replica.paused &&
         !folder.guard().halted();
}

/// A disk that is being written to, or was when the power went, shows what never was.
bool ReplicaEngine::Impl::may_look() const {
  // What was carried over is told from what the hub has on this branch.
  const bool waits_for_feed = folder.git().looks_for_carried() && !ledger.state().replica.cursor;
  return !inbox_.is_under_way() && !inbox_.must_recover() && folder.git().may_look() && !waits_for_feed;
}

/// The remote tree is whole whenever there is a cursor (CatchUp).
bool ReplicaEngine::Impl::may_apply() const {
  return writes_here(config.mode) && may_plan() && ledger.state().replica.cursor.has_value();
}

/// What the times of files say of how long ago they were written is wrong by that, should the power be cut (law 10).
void ReplicaEngine::Impl::watch_clock(Now now) {
  const auto ahead = now.wall - std::chrono::duration_cast<std::chrono::milliseconds>(now.boot.time_since_epoch());
  const auto by = ahead - std::exchange(clock_ahead_, ahead);
  if (by <= BootDoubt::clock_slack) return;
  auto row = ledger.state().replica;
  // Of one soon after another, times of before the first are by both nearer; others only seem newer then.
  const bool again = row.leap && now.wall - by - (row.leap->before + row.leap->by) < BootDoubt::written_back_after;
  row.leap = ClockLeap{now.wall - by, again ? row.leap->by + by : by};
  ledger.set_replica(std::move(row));
}

void ReplicaEngine::Impl::advance(Now now) {
  watch_clock(now);
  if (may_plan() && (!connected_ || may_send())) outbox_.plan(now, may_send());
  if (may_send() && !folder.git().may_look()) outbox_.send_as_made(now);
  if (may_send()) outbox_.send(now);
  if (auto request = inbox_.next(now, may_apply())) actions.emplace_back(std::move(*request));
  if (!inbox_.is_gathering(now)) folder.forget_bytes();
  if (may_look()) {
    if (auto request = folder.next_scan(now)) {
      folder.git().look_begins();
      actions.emplace_back(std::move(*request));
    }
  }
  if (auto question = folder.git().next_question(now)) actions.emplace_back(std::move(*question));
  guard_report_.look(inbox_.root_is_another(), now);
  if (welcome_) {
    if (auto news = guard_report_.news(now)) send(std::move(*news));
    if (auto news = editing.news(ledger, now)) send(std::move(*news));
  }
  note_agreement(now);
  branch_is_open(now);
  ledger.tick(now.boot);
  reach_barrier();
  acknowledge();
  report(now);
}

Barrier::Ticket ReplicaEngine::Impl::flush(Now now) {
  return barrier_.ask(folder.look_everywhere(now));
}

void ReplicaEngine::Impl::reach_barrier() {
  if (!welcome_) return;
  if (barrier_.waits_for_hub()) {
    send(wire::Ping{++nonce_});
    barrier_.sent(nonce_);
  }
  if (catch_up.is_level() && quiet() && barrier_.quiet(folder.looks_ended())) changed();
}

void ReplicaEngine::Impl::scanned(const ScanResult& result, Now now) {
  editing.seen(result.ignored, now);
  if (folder.git().look_counts())
    folder.scanned(result, now);
  else
    folder.drop_look(result.id, now);
}

void ReplicaEngine::Impl::git_seen(GitFingerprint git, Now now) {
  const auto before = folder.git().judgement();
  for (const auto& path : folder.git().seen(std::move(git), now)) folder.look_at(path, now);
  if (folder.git().judgement() != before) changed();
}

Status ReplicaEngine::Impl::accept(const std::string& path, Now now) {
  if (!folder.git().accept(path, document_at(path)))
    return Error(ErrorCode::not_found, "is not held on account of git", path, "See leanspec-bridge status.");
  folder.look_at(path, now);
  return {};
}

void ReplicaEngine::Impl::applied(const ApplyResult& result, Now now) {
  inbox_.applied(result, now);
  changed();
}

void ReplicaEngine::Impl::seen_in_staging(std::vector<std::string> names) {
  if (inbox_.seen_in_staging(std::move(names))) changed();
}

/// Remembers when everything was last the same on both sides.
void ReplicaEngine::Impl::note_agreement(Now now) {
  const auto state = state_name();
  if (seen_state_ == state) return;
  if (state == ReplicaStateName::live) {
    auto row = ledger.state().replica;
    row.last_sync = now.wall;
    if (!row.is_beginning()) row.watched_until = folder.watched_until(now);
    ledger.set_replica(std::move(row));
  }
  seen_state_ = state;
  changed();
}

std::optional<BootTime> ReplicaEngine::Impl::deadline() const {
  std::optional<BootTime> when;
  const auto sooner = [&](std::optional<BootTime> other) {
    if (other && (!when || *other < *when)) when = other;
  };
  if (may_look()) sooner(folder.deadline());
  sooner(inbox_.deadline(may_apply()));
  sooner(ledger.deadline());
  sooner(folder.git().deadline());
  if (may_send()) sooner(outbox_.deadline(may_plan()));
  sooner(report_at_);
  if (connected_) {
    sooner(heard_.boot + wire::limits::silence_max);
    sooner(answer_by_);
    if (welcome_) sooner(editing.deadline());
    if (welcome_) sooner(std::max(heard_.boot, pinged_) + wire::limits::ping_interval);
  }
  return when;
}

bool ReplicaEngine::Impl::quiet() const {
  return folder.git().may_look() && folder.quiet() && inbox_.quiet() && ledger.state().pending.empty() &&
         ledger.touched.empty() && !outbox_.has_more() && ledger.is_durable();
}

}  // namespace leanspec::bridge::engine
