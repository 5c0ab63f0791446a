#pragma once

#include "store/sqlite/account_store.h"
#include "store/sqlite/body_store.h"
#include "store/sqlite/machine_registry.h"
#include "store/sqlite/mirror_catalog.h"
#include "store/sqlite/project_catalog.h"
#include "store/sqlite/version_log.h"

namespace leanspec::store::sqlite {

/// The interfaces over one connection, inside the transaction that the store has begun on it.
class SqliteSession final : public Session {
 public:
  explicit SqliteSession(Database& database);

  [[nodiscard]] ProjectCatalog& projects() override { return projects_; }
  [[nodiscard]] VersionLog& versions() override { return versions_; }
  [[nodiscard]] BodyStore& bodies() override { return bodies_; }
  [[nodiscard]] MachineRegistry& machines() override { return machines_; }
  [[nodiscard]] AccountStore& accounts() override { return accounts_; }
  [[nodiscard]] MirrorCatalog& mirrors() override { return mirrors_; }
  [[nodiscard]] Status savepoint(const std::function<Status()>& work) override;

 private:
  Database& database_;
  SqliteProjectCatalog projects_;
  SqliteVersionLog versions_;
  SqliteBodyStore bodies_;
  SqliteMachineRegistry machines_;
  SqliteAccountStore accounts_;
  SqliteMirrorCatalog mirrors_;
};

}  // namespace leanspec::store::sqlite
