#include "bridge/disk/sqlite_state_store.h"
#include "bridge/disk/sqlite_statement.h"

namespace leanspec::bridge::disk {

Status SqliteStateStore::load_former(std::map<DocumentId, engine::FormerState>& former) {
  Statement query = statement_for_once("SELECT document, epoch, path, digest, size, version FROM former");
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return {};
    const auto document = query.uuid(0);
    const auto epoch = query.uuid(1);
    const auto digest = query.digest(3);
    const auto version = query.uuid(5);
    if (!document || !epoch || !digest) return damaged_state(file_, "a row of former");
    former[DocumentId{*document}] = {Epoch{*epoch},
                                     sync::Node{query.text(2), *digest, query.unsigned_integer(4),
                                                version ? std::optional(VersionId{*version}) : std::nullopt}};
  }
}

Status SqliteStateStore::write_former(const engine::StateUpdate& update) {
  if (update.former.empty()) return {};
  Statement put = statement("INSERT OR REPLACE INTO former VALUES (?, ?, ?, ?, ?, ?)");
  Statement remove = statement("DELETE FROM former WHERE document = ?");
  for (const auto& [document, former] : update.former) {
    if (!former) {
      LEANSPEC_TRY(remove.bind(document.value()).run());
      continue;
    }
    put.bind(document.value()).bind(former->epoch.value());
    put.bind_bytes(former->node.path.data(), former->node.path.size()).bind(former->node.digest);
    const auto version = former->node.version ? std::optional(former->node.version->value()) : std::nullopt;
    LEANSPEC_TRY(put.bind_unsigned(former->node.size).bind_optional(version).run());
  }
  return {};
}

}  // namespace leanspec::bridge::disk
