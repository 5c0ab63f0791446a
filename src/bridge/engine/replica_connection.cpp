// The part of ReplicaEngine::Impl that talks with the hub.
#include <algorithm>
#include <type_traits>
#include <utility>

#include "bridge/engine/connection_end.h"
#include "bridge/engine/replica_impl.h"
#include "wire/codec.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

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
  const auto& replica = ledger.state().replica;
  const bool is_restored =
      replica.cursor ? replica.cursor->epoch != welcome.epoch
                     : welcome.opened && replica.seed && replica.seed->epoch && *replica.seed->epoch != welcome.epoch;
  if (replica.seed && is_restored)
    begin_on_restored_hub();
  else if (replica.seed && !welcome.opened)
    join_known_branch(now);
  step(catch_up.welcome(welcome), now);
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
    // What is not planned anew goes as it was made, and the hub says who it is: so does what was sent.
    if (pending != nullptr && (pending->sent || !folder.git().may_look())) continue;
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
  const auto current = own_status(now);
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

}  // namespace leanspec::bridge::engine
