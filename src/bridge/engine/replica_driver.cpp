#include "bridge/engine/replica_driver.h"

#include <algorithm>
#include <utility>

namespace leanspec::bridge::engine {

void ReplicaDriver::opened(Now now) {
  engine_.connected(now);
  perform(now);
}

void ReplicaDriver::received(const wire::ToBridge& message, Now now) {
  if (std::holds_alternative<wire::Welcome>(message)) reconnect_.connected(now.boot);
  engine_.received(message, now);
  perform(now);
}

void ReplicaDriver::ended(ConnectionEnd end, Now now) {
  linked_ = false;
  // The engine's refusal is that of this connection only if there was one.
  const auto refusal = end.opened ? engine_.refusal() : std::nullopt;
  if (refusal) {
    if (!refusal->text.empty()) end.why = refusal->text;
    end.refused = needs_a_person(*refusal);
    end.retry_after = std::max(end.retry_after, refusal->retry_after);
  }
  if (end.refused)
    reconnect_.refused(now.boot);
  else
    reconnect_.failed(now.boot, end.retry_after);
  port_.connection_ended(end);
  if (end.opened)
    engine_.disconnected(end.why, now);
  else
    engine_.connect_failed(end.why, end.refused, now);
  if (!stopping_) perform(now);
}

void ReplicaDriver::settings_changed(Now now) {
  if (std::exchange(linked_, false)) port_.drop_connection();
  engine_.disconnected("the settings changed", now);
  engine_.settings_changed(now);
  reconnect_.settings_changed(now.boot);
  perform(now);
}

void ReplicaDriver::network_up(Now now) {
  reconnect_.network_up(now.boot);
  engine_.network_up(now);
  perform(now);
}

void ReplicaDriver::tick(Now now) {
  if (const auto due = engine_.deadline(); due && *due <= now.boot) engine_.tick(now);
  perform(now);
}

void ReplicaDriver::perform(Now now) {
  bool changed = false;
  std::optional<std::string> useless;
  for (Action& action : engine_.take_actions()) {
    if (auto* send = std::get_if<SendMessage>(&action)) {
      if (linked_) port_.send(send->message);
    } else if (auto* request = std::get_if<ScanRequest>(&action)) {
      port_.scan(std::move(*request));
    } else if (auto* application = std::get_if<ApplyRequest>(&action)) {
      port_.apply(std::move(*application));
    } else if (auto* question = std::get_if<GitQuestion>(&action)) {
      port_.ask_git(std::move(*question));
    } else if (std::holds_alternative<StatusChanged>(action)) {
      changed = true;
    } else if (auto* disconnect = std::get_if<Disconnect>(&action)) {
      useless = std::move(disconnect->why);
    }
  }
  if (changed) port_.status_changed();
  if (useless && linked_) {
    // A silent peer would not answer a goodbye either, so the connection ends here and now.
    port_.drop_connection();
    ConnectionEnd end;
    end.opened = true;
    end.why = std::move(*useless);
    return ended(std::move(end), now);
  }
  connect_if_due(now);
  port_.performed();
}

void ReplicaDriver::connect_if_due(Now now) {
  if (linked_ || stopping_ || reconnect_.next_attempt() > now.boot) return;
  if (port_.connect())
    linked_ = true;
  else
    reconnect_.refused(now.boot);
}

std::optional<BootTime> ReplicaDriver::deadline() const {
  const auto due = engine_.deadline();
  if (linked_ || stopping_) return due;
  return due ? std::min(*due, reconnect_.next_attempt()) : reconnect_.next_attempt();
}

}  // namespace leanspec::bridge::engine
