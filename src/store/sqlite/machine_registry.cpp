#include "store/sqlite/machine_registry.h"

#include "store/sql/machine_registry.h"

namespace leanspec::store::sqlite {
namespace {

[[nodiscard]] Machine read_machine(Row& row) {
  Machine machine;
  machine.id = row.id<MachineId>();
  machine.name = row.text();
  machine.platform = row.text();
  machine.client_version = row.text();
  machine.key = row.optional_id<KeyId>();
  machine.first_seen = row.time();
  machine.last_seen = row.time();
  machine.revoked_at = row.optional_time();
  return machine;
}

[[nodiscard]] Replica read_replica(Row& row) {
  Replica replica;
  replica.id = row.id<ReplicaId>();
  replica.machine = row.id<MachineId>();
  replica.project = row.id<ProjectId>();
  replica.branch = row.text();
  replica.root_hint = row.text();
  replica.acknowledged = row.seq();
  replica.documents = static_cast<std::uint32_t>(row.count());
  replica.pending = static_cast<std::uint32_t>(row.count());
  replica.held = static_cast<std::uint32_t>(row.count());
  replica.state = row.text();
  replica.detail = row.text();
  replica.last_seen = row.time();
  return replica;
}

}  // namespace

Status SqliteMachineRegistry::save(const Machine& machine) {
  return database_.run(sql::save_machine, {machine.id, machine.name, machine.platform, machine.client_version,
                                           machine.key, machine.first_seen, machine.last_seen, machine.revoked_at});
}

Result<std::optional<Machine>> SqliteMachineRegistry::find(const MachineId& id) {
  return database_.find(sql::find_machine, {id}, read_machine);
}

Result<std::vector<Machine>> SqliteMachineRegistry::list() {
  return database_.all(sql::list_machines, {}, read_machine);
}

Status SqliteMachineRegistry::save_replica(const Replica& replica) {
  return database_.run(sql::save_replica, {replica.id, replica.machine, replica.project, replica.branch,
                                           replica.root_hint, replica.acknowledged, replica.documents, replica.pending,
                                           replica.held, replica.state, replica.detail, replica.last_seen});
}

Result<std::optional<Replica>> SqliteMachineRegistry::find_replica(const ReplicaId& id) {
  return database_.find(sql::find_replica, {id}, read_replica);
}

Result<std::vector<Replica>> SqliteMachineRegistry::replicas() {
  return database_.all(sql::list_replicas, {}, read_replica);
}

}  // namespace leanspec::store::sqlite
