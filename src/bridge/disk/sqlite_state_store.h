#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/disk/sqlite_statement.h"
#include "bridge/engine/state.h"

struct ZSTD_DCtx_s;

namespace leanspec::bridge::disk {

/// Closes the database; what is in its WAL goes into the file then.
struct CloseDatabase {
  void operator()(sqlite3* database) const;
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

struct FreeDecompressor {
  void operator()(ZSTD_DCtx_s* context) const;
};

/// The rows of a replica's state in one open SQLite database (state_database.h opens it).
class SqliteStateStore final : public engine::StateStore {
 public:
  SqliteStateStore(Database database, std::string file)
      : database_(std::move(database)), file_(std::move(file)), statements_(database_.get(), file_) {}

  [[nodiscard]] Result<engine::ReplicaState> load() override;
  [[nodiscard]] Status commit(const engine::StateUpdate& update) override;
  [[nodiscard]] Result<std::string> body(const Digest& digest) override;
  [[nodiscard]] Result<std::vector<engine::Ancestor>> ancestors(const DocumentId& document) override;
  [[nodiscard]] Result<std::vector<DocumentId>> documents_once_at(std::string_view path) override;

  /// Ancestors of documents that are deleted, but for those among the newest `ancestors_kept`.
  [[nodiscard]] Status forget_long_gone();
  static constexpr std::int64_t ancestors_kept = 50'000;

 private:
  [[nodiscard]] Statement statement(std::string_view sql) { return statements_.statement(sql); }
  [[nodiscard]] Statement statement_for_once(std::string_view sql) { return Statement(database_.get(), file_, sql); }
  [[nodiscard]] Status load_replica(engine::ReplicaRow& replica);
  [[nodiscard]] Status load_released(std::vector<engine::ReleasedDeletes>& released);
  [[nodiscard]] Status load_local(std::map<DocumentId, engine::LocalRow>& local);
  [[nodiscard]] Status load_tree(std::string_view sql, sync::Tree& tree);
  // ---- sqlite_pending.cpp
  [[nodiscard]] Status load_pending(std::map<ChangeId, engine::PendingChange>& pending);
  [[nodiscard]] Status write_pending(const engine::StateUpdate& update);
  // ---- sqlite_former.cpp
  [[nodiscard]] Status load_former(std::map<DocumentId, engine::FormerState>& former);
  [[nodiscard]] Status write_former(const engine::StateUpdate& update);
  // ---- the rest
  [[nodiscard]] Status load_holds(sync::Holds& holds);
  [[nodiscard]] Status load_intents(std::map<std::string, engine::Intent>& intents);
  [[nodiscard]] Status load_bodies(std::map<Digest, engine::BodyFacts>& bodies);
  [[nodiscard]] Status write(const engine::StateUpdate& update);
  [[nodiscard]] Status write_replica(const engine::ReplicaRow& replica);
  [[nodiscard]] Status write_released(const std::vector<engine::ReleasedDeletes>& released);
  [[nodiscard]] Status write_local(const engine::StateUpdate& update);
  [[nodiscard]] Status write_tree(const std::string& table,
                                  const std::map<DocumentId, std::optional<sync::Node>>& nodes);
  [[nodiscard]] Status write_holds(const engine::StateUpdate& update);
  [[nodiscard]] Status write_intents(const engine::StateUpdate& update);
  [[nodiscard]] Status write_ancestors(const engine::StateUpdate& update);
  [[nodiscard]] Status write_bodies(const engine::StateUpdate& update);

  Database database_;
  std::string file_;
  KeptStatements statements_;
  std::unique_ptr<ZSTD_DCtx_s, FreeDecompressor> decompressor_;  ///< made when first needed
};

/// `what` of the file is not what this program writes.
[[nodiscard]] Error damaged_state(const std::string& file, const std::string& what);

}  // namespace leanspec::bridge::disk
