#include "tests/simulation/simulated_replica.h"

#include <variant>

#include "tests/simulation/bridge_words.h"
#include "wire/codec.h"

namespace leanspec::simulation {

SimulatedReplica::SimulatedReplica(const Machine& machine, std::string branch)
    : machine_(machine),
      branch_(std::move(branch)),
      reconnect_([&chance = machine.stage.chance] { return chance.bits(); }) {}

Result<std::unique_ptr<SimulatedReplica>> SimulatedReplica::open(const Machine& machine, engine::StateStore& store,
                                                                 engine::ReplicaConfig config,
                                                                 const engine::ReplicaEngine::MakeUuid& make_uuid,
                                                                 engine::GitFingerprint git) {
  std::unique_ptr<SimulatedReplica> opened(new SimulatedReplica(machine, config.branch));
  LEANSPEC_ASSIGN(opened->engine_,
                  engine::ReplicaEngine::open(std::move(config), store, make_uuid, machine.host.now(), std::move(git)));
  engine::ReplicaPort& port = *opened;
  opened->driver_.emplace(*opened->engine_, opened->reconnect_, port);
  return opened;
}

void SimulatedReplica::opened() {
  open_ = true;
  machine_.host.look_at_git();
  driver_->opened(machine_.host.now());
}

void SimulatedReplica::received(const std::string& frame) {
  auto& stage = machine_.stage;
  auto message = wire::decode_to_bridge(frame);
  if (!message) return stage.invariants.fail("codec", "a bridge cannot read the hub: " + message.error().sentence());
  stage.log.mix(frame);
  stage.invariants.bridge_got(machine_.index, *message);
  machine_.careless.bend(*message);
  if (const auto* result = std::get_if<wire::PushResult>(&*message)) {
    machine_.host.say("is told " + std::string(word_of(result->outcome)) + " for " + short_of(result->change.value()) +
                      ": " + short_of(result->document.value()) + " at " + std::to_string(result->seq.value()));
  }
  machine_.host.look_at_git();
  driver_->received(*message, machine_.host.now());
}

void SimulatedReplica::lost(unsigned code) {
  link_.reset();
  open_ = false;
  driver_->ended(engine::explain_close(code, ""), machine_.host.now());
}

void SimulatedReplica::could_not_connect(bool refused) {
  link_.reset();
  engine::ConnectionEnd end;
  end.why = "no connection";
  end.refused = refused;
  driver_->ended(std::move(end), machine_.host.now());
}

void SimulatedReplica::connection_ended(const engine::ConnectionEnd& end) {
  machine_.host.say("offline: " + end.why);
  machine_.host.connection_ended();
}

Status SimulatedReplica::connect() {
  machine_.host.connection_begins();
  link_ = machine_.network.connect(machine_.index);
  return {};
}

void SimulatedReplica::drop_connection() {
  if (link_) machine_.network.bridge_closes(*std::exchange(link_, std::nullopt));
  open_ = false;
}

void SimulatedReplica::send(const wire::ToHub& message) {
  if (!machine_.host.may_send() || !open_ || !link_) return;
  const auto* push = std::get_if<wire::Push>(&message);
  if (push == nullptr) return machine_.network.to_hub(*link_, wire::encode(message));
  if (const auto other = machine_.careless.bent(*push)) return machine_.network.to_hub(*link_, wire::encode(*other));
  machine_.careless.sent(*push);
  machine_.host.say("pushes " + push->path + " of " + short_of(push->document.value()) + " = " +
                    short_hex(push->digest) + " as " + short_of(push->change.value()) +
                    (branch() == "main" ? "" : " on " + branch()));
  machine_.network.to_hub(*link_, wire::encode(message));
}

bool SimulatedReplica::send_as_it_is(const wire::ToHub& message) {
  if (!open_ || !link_) return false;
  machine_.network.to_hub(*link_, wire::encode(message));
  return true;
}

}  // namespace leanspec::simulation
