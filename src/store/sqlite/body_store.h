#pragma once

#include "store/sqlite/database.h"
#include "store/store.h"

namespace leanspec::store::sqlite {

class SqliteBodyStore final : public BodyStore {
 public:
  /// `knows_bases`: false for a file of a schema before chains.
  explicit SqliteBodyStore(Database& database, bool knows_bases = true)
      : database_(database), knows_bases_(knows_bases) {}

  [[nodiscard]] Status put(const Digest& digest, std::string_view bytes) override;
  [[nodiscard]] Result<std::optional<std::string>> get(const Digest& digest) override;
  [[nodiscard]] Result<bool> has(const Digest& digest) override;
  [[nodiscard]] Result<std::uint64_t> staged(const Digest& digest) override;
  [[nodiscard]] Status stage(const Digest& digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes,
                             Instant now) override;
  [[nodiscard]] Status drop_stale_parts(Instant before) override;
  [[nodiscard]] Result<std::size_t> chain_old(Instant before, std::size_t limit) override;

 private:
  Database& database_;
  bool knows_bases_;
};

}  // namespace leanspec::store::sqlite
