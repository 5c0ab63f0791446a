// The part of SqliteStateStore that remembers which texts a document had.
#include "bridge/disk/sqlite_state_store.h"

namespace leanspec::bridge::disk {

using engine::Ancestor;

Result<std::vector<Ancestor>> SqliteStateStore::ancestors(const DocumentId& document) {
  Statement query = statement(
      "SELECT digest, version, path, size, elsewhere, taken_away FROM lineage WHERE document = ? ORDER BY place DESC");
  query.bind(document.value());
  std::vector<Ancestor> all;
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return all;
    const auto digest = query.digest(0);
    if (!digest) return damaged_state(file_, "a row of lineage");
    Ancestor& found = all.emplace_back();
    found.digest = *digest;
    if (const auto version = query.uuid(1)) found.version = VersionId{*version};
    found.path = query.text(2);
    found.size = query.unsigned_integer(3);
    found.elsewhere = query.integer(4) != 0;
    found.taken_away = query.integer(5) != 0;
  }
}

Result<std::vector<DocumentId>> SqliteStateStore::documents_once_at(std::string_view path) {
  Statement query = statement("SELECT DISTINCT document FROM lineage WHERE path = ? ORDER BY document");
  query.bind_bytes(path.data(), path.size());
  std::vector<DocumentId> documents;
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return documents;
    const auto document = query.uuid(0);
    if (!document) return damaged_state(file_, "a row of lineage");
    documents.emplace_back(*document);
  }
}

Status SqliteStateStore::write_ancestors(const engine::StateUpdate& update) {
  if (update.ancestors.empty()) return {};
  // A text that comes back is the newest again.
  Statement put = statement(
      "INSERT OR REPLACE INTO lineage (document, digest, version, path, size, elsewhere, taken_away) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)");
  Statement trim = statement(
      "DELETE FROM lineage WHERE document = ?1 AND place <= "
      "(SELECT place FROM lineage WHERE document = ?1 ORDER BY place DESC LIMIT 1 OFFSET ?2)");
  for (const auto& [document, ancestor] : update.ancestors) {
    const auto version = ancestor.version ? std::optional(ancestor.version->value()) : std::nullopt;
    put.bind(document.value()).bind(ancestor.digest).bind_optional(version);
    put.bind_bytes(ancestor.path.data(), ancestor.path.size()).bind_unsigned(ancestor.size);
    LEANSPEC_TRY(put.bind(std::int64_t{ancestor.elsewhere}).bind(std::int64_t{ancestor.taken_away}).run());
    LEANSPEC_TRY(trim.bind(document.value()).bind(static_cast<std::int64_t>(engine::ancestors_max)).run());
  }
  return {};
}

Status SqliteStateStore::forget_long_gone() {
  return statement_for_once("DELETE FROM lineage WHERE place <= (SELECT max(place) FROM lineage) - " +
                            std::to_string(ancestors_kept) + " AND document NOT IN (SELECT document FROM synced)")
      .run();
}

}  // namespace leanspec::bridge::disk
