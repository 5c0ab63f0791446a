#pragma once

#include "store/sqlite/database.h"
#include "store/store.h"

namespace leanspec::store::sqlite {

class SqliteMachineRegistry final : public MachineRegistry {
 public:
  explicit SqliteMachineRegistry(Database& database) : database_(database) {}

  [[nodiscard]] Status save(const Machine& machine) override;
  [[nodiscard]] Result<std::optional<Machine>> find(const MachineId& id) override;
  [[nodiscard]] Result<std::vector<Machine>> list() override;
  [[nodiscard]] Status save_replica(const Replica& replica) override;
  [[nodiscard]] Result<std::optional<Replica>> find_replica(const ReplicaId& id) override;
  [[nodiscard]] Result<std::vector<Replica>> replicas() override;

 private:
  Database& database_;
};

}  // namespace leanspec::store::sqlite
