#include "bridge/engine/replica_impl.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "bridge/engine/connection_end.h"
#include "wire/codec.h"
#include "wire/limits.h"

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
      guard_report_(ledger, folder, config, make_uuid) {
  if (!config.follows_git || ledger.state().replica.git_branch == config.branch) return;
  ledger.remember_ancestors(true);
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

bool ReplicaEngine::Impl::without_disk() const {
  return config.follows_git && folder.git().judgement().mood == GitMood::elsewhere;
}

void ReplicaEngine::Impl::connected(Now now) {
  connected_ = true;
  welcome_ = false;
  heard_ = now;
  pinged_ = now.boot;
  acknowledged_.reset();
  reported_.reset();
  wire::Hello hello;
  hello.protocol_min = wire::protocol_min;
  hello.protocol_max = wire::protocol_max;
  hello.client_version = config.client_version;
  hello.machine = config.machine;
  hello.machine_name = config.machine_name;
  hello.machine_renamed = config.machine_renamed;
  hello.replica = config.replica;
  hello.project = config.project;
  hello.create_project = config.create_project;
  hello.branch = config.branch;
  if (const auto& seed = ledger.state().replica.seed) hello.fork = wire::Fork{seed->of, seed->seq, seed->commit};
  hello.cursor = ledger.state().replica.cursor;
  hello.head_digest = ledger.state().replica.cursor_digest;
  hello.boot_nonce = config.boot_nonce;
  hello.platform = config.platform;
  hello.root_hint = config.root_hint;
  send(std::move(hello));
}

void ReplicaEngine::Impl::disconnected(const std::string& why, Now) {
  connected_ = false;
  welcome_ = false;
  connected_since_.reset();
  last_disconnect_ = why;
  answer_by_.reset();
  barrier_.disconnected();
  outbox_.disconnected();
  inbox_.disconnected();
  editors_.clear();
  catch_up.disconnected();
  changed();
}

void ReplicaEngine::Impl::received(const wire::ToBridge& message, Now now) {
  if (!connected_) return;  // a last word of a connection that is gone
  heard_ = now;
  answer_by_.reset();
  std::visit(
      [&](const auto& kind) {
        using Kind = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<Kind, wire::Welcome>)
          on_welcome(kind, now);
        else if constexpr (std::is_same_v<Kind, wire::Refused>)
          on_refused(kind, now);
        else if constexpr (std::is_same_v<Kind, wire::PushResult>)
          outbox_.answered(kind, now);
        else if constexpr (std::is_same_v<Kind, wire::Changes>)
          on_page(kind, now);
        else if constexpr (std::is_same_v<Kind, wire::Head>) {
          if (welcome_) step(catch_up.head(kind.seq), now);
        } else if constexpr (std::is_same_v<Kind, wire::PartsState>)
          outbox_.parts_received(kind, now);
        else if constexpr (std::is_same_v<Kind, wire::Ping>)
          send(wire::Pong{kind.nonce});
        else if constexpr (std::is_same_v<Kind, wire::Pong>)
          barrier_.heard(kind.nonce);
        else if constexpr (std::is_same_v<Kind, wire::GoAway>) {
          refusal = wire::Refused{wire::RefusedReason::unavailable, kind.why, kind.retry_after};
          refusal_is_final = false;
          actions.emplace_back(Disconnect{kind.why});
        } else if constexpr (std::is_same_v<Kind, wire::Notice>) {
          if (!kind.machine_name.empty()) config.machine_name = kind.machine_name;
          if (!kind.text.empty()) warning_ = kind.text;
        } else if constexpr (std::is_same_v<Kind, wire::GuardDecision>) {
          if (welcome_) decided(kind, now);
        } else if constexpr (std::is_same_v<Kind, wire::Editors>) {
          editors_ = kind.editors;
        } else {
          static_assert(std::is_same_v<Kind, wire::Body>);
          inbox_.received(kind, now);
        }
      },
      message);
  if (!std::holds_alternative<wire::Ping>(message) && !std::holds_alternative<wire::Pong>(message)) changed();
}

void ReplicaEngine::Impl::on_welcome(const wire::Welcome& welcome, Now now) {
  welcome_ = true;
  refusal.reset();
  refusal_is_final = false;
  connected_since_ = now.wall;
  if (!welcome.project.empty()) config.project = welcome.project;
  config.create_project = false;
  config.machine_renamed = false;
  if (!welcome.machine_name.empty()) config.machine_name = welcome.machine_name;
  project_name_ = welcome.project_name;
  hub_version_ = welcome.hub_version;
  warning_ = welcome.warning;
  outbox_.connected(welcome.limits);
  inbox_.connected();
  guard_report_.connected();
  editing.connected();
  if (ledger.state().replica.seed && !welcome.opened) join_known_branch(now);
  step(catch_up.welcome(welcome), now);
}

/// Somebody else had opened the branch: what the disk has was not made from what the hub has on it. Texts that still
/// stand there are looked at again; those that do not are offered without a base, for the hub to compare.
void ReplicaEngine::Impl::join_known_branch(Now now) {
  const auto left = ledger.state().replica.seed->of;
  auto row = ledger.state().replica;
  row.seed.reset();
  row.cursor.reset();
  row.cursor_digest = Digest{};
  ledger.set_replica(std::move(row));
  auto carried = carried_from(ledger.state(), left);
  for (const auto& [id, pending] : std::map(ledger.state().pending)) {
    const bool stands = !without_disk() && !pending.displaced;
    auto change = pending;
    ledger.drop_pending(id);
    if (stands || !change.digest || change.moved_only) continue;
    change.base.reset();
    change.base_digest.reset();
    ledger.add_pending(std::move(change));
  }
  folder.join_anew(now);
  folder.git().carry(std::move(carried));
}

/// The hub has it, the disk was looked at, and what had gone from it is deleted there: from now on it is a branch like
/// any other.
void ReplicaEngine::Impl::branch_is_open(Now now) {
  if (!ledger.state().replica.seed || !welcome_ || !catch_up.caught_up() || !quiet()) return;
  auto row = ledger.state().replica;
  row.seed.reset();
  ledger.set_replica(std::move(row));
  ledger.commit(now.boot);
}

void ReplicaEngine::Impl::set_disk(bool has, Now now) {
  auto row = ledger.state().replica;
  row.has_disk = has;
  if (row != ledger.state().replica) ledger.set_replica(std::move(row));
  ledger.commit(now.boot);
}

void ReplicaEngine::Impl::on_refused(const wire::Refused& refused, Now) {
  refusal = refused;
  refusal_is_final = needs_a_person(refused);
  actions.emplace_back(Disconnect{refused.text});
}

void ReplicaEngine::Impl::on_page(const wire::Changes& page, Now now) {
  if (!welcome_) return;
  for (const auto& entry : page.entries) {
    outbox_.seen_in_feed(entry, now);
    if (writes_here(config.mode)) inbox_.seen_in_feed(entry);
  }
  step(catch_up.page(page), now);
}

void ReplicaEngine::Impl::step(const CatchUp::Step& step, Now) {
  if (!step.broken.empty()) {
    actions.emplace_back(Disconnect{step.broken});
    return;
  }
  if (step.complete) {
    join_by_path();
    outbox_.caught_up();
  }
  if (step.pull) send(*step.pull);
}

/// Files that nobody had told us of when they were found here turn out to be documents of the hub (law 7): they take
/// its ids, and equal ones are agreed on without being sent.
void ReplicaEngine::Impl::join_by_path() {
  std::vector<std::pair<DocumentId, DocumentId>> joins;
  for (const auto& document : ledger.touched) {
    const auto* remote = ledger.remote(document);
    if (remote == nullptr || ledger.local(document) != nullptr || ledger.synced(document) != nullptr) continue;
    const auto here = ledger.local_at(remote->path);
    if (!here || ledger.synced(*here) != nullptr || ledger.remote(*here) != nullptr) continue;
    const auto* pending = ledger.pending_of(*here);
    if (pending != nullptr && pending->sent) continue;  // the hub says who it is
    joins.emplace_back(*here, document);
  }
  for (const auto& [here, document] : joins) {
    if (const auto* pending = ledger.pending_of(here)) {
      const auto change = pending->change;
      ledger.drop_pending(change);
    }
    auto row = *ledger.local(here);
    ledger.set_local(here, std::nullopt);
    ledger.set_local(document, std::move(row));
    ledger.set_hold(here, std::nullopt);
  }
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

void ReplicaEngine::Impl::network_up(Now now) {
  if (!connected_) return;
  answer_by_ = now.boot + answer_after_return;
  if (!welcome_) return;
  pinged_ = now.boot;
  send(wire::Ping{++nonce_});
}

/// A half-open connection looks like a quiet one: ask now and then, and give up in time.
void ReplicaEngine::Impl::keep_alive(Now now) {
  if (!connected_) return;
  if (now.boot - heard_.boot >= wire::limits::silence_max) {
    heard_ = now;
    actions.emplace_back(Disconnect{"the hub has not answered for 45 seconds"});
    return;
  }
  if (answer_by_ && now.boot >= *answer_by_) {
    answer_by_.reset();
    actions.emplace_back(Disconnect{"the hub has not answered since the network returned"});
    return;
  }
  if (!welcome_ || now.boot - std::max(heard_.boot, pinged_) < wire::limits::ping_interval) return;
  pinged_ = now.boot;
  send(wire::Ping{++nonce_});
}

/// Nothing holds the folder.
bool ReplicaEngine::Impl::may_plan() const {
  return folder.looked_once() && folder.git().may_look() && !ledger.state().replica.paused && !folder.guard().halted();
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

void ReplicaEngine::Impl::advance(Now now) {
  if (may_plan() && (!connected_ || may_send())) outbox_.plan(now, may_send());
  if (may_send() && !folder.git().may_look()) outbox_.send_as_made(now);
  if (may_send()) outbox_.send(now);
  folder.forget_bytes();
  if (auto request = inbox_.next(now, may_apply())) actions.emplace_back(std::move(*request));
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
    ledger.set_replica(std::move(row));
  }
  seen_state_ = state;
  changed();
}

/// Only what is durable here is acknowledged: the hub may forget what every replica has.
void ReplicaEngine::Impl::acknowledge() {
  const auto& cursor = ledger.state().replica.cursor;
  if (!welcome_ || !catch_up.caught_up() || !cursor || !ledger.is_durable()) return;
  if (acknowledged_ && *acknowledged_ >= cursor->seq) return;
  acknowledged_ = cursor->seq;
  send(wire::Ack{cursor->seq});
}

void ReplicaEngine::Impl::report(Now now) {
  if (!welcome_ || !catch_up.caught_up()) {
    report_at_.reset();
    return;
  }
  if (reported_ && !changed_since_report_) return;
  if (reported_ && now.boot < reported_at_ + report_interval) {
    if (!report_at_) report_at_ = reported_at_ + report_interval;
    return;
  }
  report_at_.reset();
  changed_since_report_ = false;
  const auto current = status(now);
  wire::Report message;
  message.documents = static_cast<std::uint32_t>(current.documents);
  message.pending = static_cast<std::uint32_t>(current.pending_count);
  message.held = static_cast<std::uint32_t>(current.held_count);
  message.state = to_string(current.state);
  message.detail = current.detail.substr(0, wire::limits::text_bytes_max);
  reported_at_ = now.boot;
  if (reported_ == message) return;
  reported_ = message;
  send(std::move(message));
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
  if (may_send()) sooner(outbox_.deadline());
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
