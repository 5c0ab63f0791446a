#pragma once

#include "store/sqlite/database.h"
#include "store/store.h"

namespace leanspec::store::sqlite {

class SqliteBodyStore final : public BodyStore {
 public:
  explicit SqliteBodyStore(Database& database) : database_(database) {}

  [[nodiscard]] Status put(const Digest& digest, std::string_view bytes) override;
  [[nodiscard]] Result<std::optional<std::string>> get(const Digest& digest) override;
  [[nodiscard]] Result<bool> has(const Digest& digest) override;
  [[nodiscard]] Result<std::uint64_t> staged(const Digest& digest) override;
  [[nodiscard]] Status stage(const Digest& digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes,
                             Instant now) override;
  [[nodiscard]] Status drop_stale_parts(Instant before) override;

 private:
  Database& database_;
};

}  // namespace leanspec::store::sqlite
