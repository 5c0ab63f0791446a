#pragma once

#include "store/sqlite/database.h"
#include "store/store.h"

namespace leanspec::store::sqlite {

class SqliteProjectCatalog final : public ProjectCatalog {
 public:
  explicit SqliteProjectCatalog(Database& database) : database_(database) {}

  [[nodiscard]] Status create(const Project& project) override;
  [[nodiscard]] Result<std::optional<Project>> find(const ProjectId& id) override;
  [[nodiscard]] Result<std::vector<Project>> list() override;
  [[nodiscard]] Status update(const Project& project) override;

 private:
  Database& database_;
};

}  // namespace leanspec::store::sqlite
