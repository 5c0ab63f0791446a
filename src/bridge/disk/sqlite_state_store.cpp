#include "bridge/disk/sqlite_state_store.h"

#include <sqlite3.h>

#include <utility>

namespace leanspec::bridge::disk {

using engine::EditTime;
using engine::LocalRow;
using engine::ReplicaRow;
using engine::ReplicaState;
using engine::StateUpdate;

void CloseDatabase::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Error damaged_state(const std::string& file, const std::string& what) {
  return Error(ErrorCode::corrupt, "the state database is damaged (" + what + " is not what it must be)", file);
}

Result<ReplicaState> SqliteStateStore::load() {
  ReplicaState state;
  LEANSPEC_TRY(load_replica(state.replica));
  LEANSPEC_TRY(load_released(state.released));
  LEANSPEC_TRY(load_intents(state.intents));
  LEANSPEC_TRY(load_local(state.local));
  LEANSPEC_TRY(load_tree("SELECT document, path, digest, size, version FROM synced", state.synced));
  LEANSPEC_TRY(load_tree("SELECT document, path, digest, size, version FROM remote", state.remote));
  LEANSPEC_TRY(load_former(state.former));
  LEANSPEC_TRY(load_holds(state.holds));
  LEANSPEC_TRY(load_pending(state.pending));
  LEANSPEC_TRY(load_bodies(state.bodies));
  sqlite3_db_release_memory(database_.get());
  return state;
}

Status SqliteStateStore::commit(const StateUpdate& update) {
  LEANSPEC_TRY(statement("BEGIN IMMEDIATE").run());
  Status written = write(update);
  if (written) written = statement("COMMIT").run();
  if (!written) {
    // A failed COMMIT may have rolled back by itself; then there is nothing to undo, and that is fine too.
    if (sqlite3_get_autocommit(database_.get()) == 0) (void)statement("ROLLBACK").run();
  }
  return written;
}

Status SqliteStateStore::load_replica(ReplicaRow& replica) {
  Statement query = statement_for_once(
      "SELECT epoch, seq, cursor_digest, paused, root_device, root_inode, root_boot, last_sync, git_branch, "
      "seed_of, seed_seq, seed_commit, has_disk, in_doubt, watched_until, leap_before, leap_by, seed_epoch "
      "FROM replica");
  LEANSPEC_ASSIGN(const bool found, query.step());
  if (!found) return {};
  const auto instant = [&query](int column) {
    return query.is_null(column) ? std::nullopt
                                 : std::optional(Instant(std::chrono::milliseconds(query.integer(column))));
  };
  if (const auto epoch = query.uuid(0)) replica.cursor = Cursor{Epoch{*epoch}, Seq{query.unsigned_integer(1)}};
  const auto digest = query.digest(2);
  if (!digest) return damaged_state(file_, "a row of replica");
  replica.cursor_digest = *digest;
  replica.paused = query.integer(3) != 0;
  if (const auto boot = query.uuid(6))
    replica.root = sync::RootIdentity{query.unsigned_integer(4), query.unsigned_integer(5), *boot};
  replica.last_sync = instant(7);
  if (!query.is_null(8)) replica.git_branch = query.text(8);
  if (!query.is_null(9)) {
    const auto epoch = query.uuid(17);
    replica.seed = engine::Seed{query.text(9), Seq{query.unsigned_integer(10)}, query.text(11),
                                epoch ? std::optional(Epoch{*epoch}) : std::nullopt};
  }
  replica.has_disk = query.integer(12) != 0;
  replica.in_doubt = query.integer(13) != 0;
  replica.watched_until = instant(14);
  if (const auto before = instant(15))
    replica.leap = engine::ClockLeap{*before, std::chrono::milliseconds(query.integer(16))};
  return {};
}

Status SqliteStateStore::load_released(std::vector<engine::ReleasedDeletes>& released) {
  Statement query = statement_for_once("SELECT boot, at, wall, count FROM released ORDER BY rowid");
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return {};
    const auto boot = query.uuid(0);
    if (!boot) return damaged_state(file_, "a row of released");
    released.push_back({EditTime{*boot, BootTime(std::chrono::nanoseconds(query.integer(1))),
                                 Instant(std::chrono::milliseconds(query.integer(2)))},
                        static_cast<std::uint32_t>(query.unsigned_integer(3))});
  }
}

Status SqliteStateStore::load_local(std::map<DocumentId, LocalRow>& local) {
  Statement query = statement_for_once(
      "SELECT document, path, digest, kind, device, inode, size, modified, changed, born, mode, racy FROM local");
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return {};
    const auto document = query.uuid(0);
    const auto digest = query.digest(2);
    if (!document || !digest || query.integer(3) < 0 || query.integer(3) > 3)
      return damaged_state(file_, "a row of local");
    LocalRow& found = local[DocumentId{*document}];
    found.path = query.text(1);
    found.file.digest = *digest;
    sync::FileFacts& facts = found.file.facts;
    facts.kind = static_cast<sync::FileKind>(query.integer(3));
    facts.device = query.unsigned_integer(4);
    facts.inode = query.unsigned_integer(5);
    facts.size = query.unsigned_integer(6);
    facts.modified_ns = query.integer(7);
    facts.changed_ns = query.integer(8);
    facts.born_ns = query.integer(9);
    facts.mode = static_cast<std::uint32_t>(query.integer(10));
    found.file.racy = query.integer(11) != 0;
  }
}

Status SqliteStateStore::load_tree(std::string_view sql, sync::Tree& tree) {
  Statement query = statement_for_once(sql);
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return {};
    const auto document = query.uuid(0);
    const auto digest = query.digest(2);
    if (!document || !digest) return damaged_state(file_, "a row of a tree");
    sync::Node& node = tree[DocumentId{*document}];
    node.path = query.text(1);
    node.digest = *digest;
    node.size = query.unsigned_integer(3);
    if (const auto version = query.uuid(4)) node.version = VersionId{*version};
  }
}

Status SqliteStateStore::load_holds(sync::Holds& holds) {
  Statement query = statement_for_once("SELECT document, digest, path, why FROM hold");
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return {};
    const auto document = query.uuid(0);
    if (!document) return damaged_state(file_, "a row of hold");
    holds[DocumentId{*document}] = sync::Hold{query.digest(1), query.text(2), query.text(3)};
  }
}

Status SqliteStateStore::load_intents(std::map<std::string, engine::Intent>& intents) {
  Statement query = statement(
      "SELECT name, document, from_path, expected, to_path, digest, size, base, version, done, boot, modified "
      "FROM intent");
  for (;;) {
    LEANSPEC_ASSIGN(const bool row, query.step());
    if (!row) return {};
    const auto document = query.uuid(1);
    if (!document || (query.is_null(2) && query.is_null(4))) return damaged_state(file_, "a row of intent");
    engine::Intent& found = intents[std::string(query.text(0))];
    found.document = DocumentId{*document};
    if (!query.is_null(2)) found.from = query.text(2);
    found.expected = query.digest(3);
    if (!query.is_null(4)) found.to = query.text(4);
    found.digest = query.digest(5);
    found.size = query.unsigned_integer(6);
    if (const auto base = query.uuid(7)) found.base = VersionId{*base};
    if (const auto version = query.uuid(8)) found.version = VersionId{*version};
    found.done = query.integer(9) != 0;
    found.boot = query.uuid(10);
    found.modified_ns = query.integer(11);
  }
}

Status SqliteStateStore::write(const StateUpdate& update) {
  if (update.replica) LEANSPEC_TRY(write_replica(*update.replica));
  if (update.released) LEANSPEC_TRY(write_released(*update.released));
  LEANSPEC_TRY(write_local(update));
  LEANSPEC_TRY(write_tree("synced", update.synced));
  if (update.clear_remote) LEANSPEC_TRY(statement("DELETE FROM remote").run());
  LEANSPEC_TRY(write_tree("remote", update.remote));
  LEANSPEC_TRY(write_former(update));
  LEANSPEC_TRY(write_holds(update));
  LEANSPEC_TRY(write_pending(update));
  LEANSPEC_TRY(write_intents(update));
  LEANSPEC_TRY(write_ancestors(update));
  return write_bodies(update);
}

Status SqliteStateStore::write_replica(const ReplicaRow& replica) {
  Statement put =
      statement("INSERT OR REPLACE INTO replica VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const auto epoch = replica.cursor ? std::optional(replica.cursor->epoch.value()) : std::nullopt;
  put.bind_optional(epoch);
  put.bind_unsigned(replica.cursor ? replica.cursor->seq.value() : 0);
  put.bind(replica.cursor_digest).bind(std::int64_t{replica.paused});
  put.bind_unsigned(replica.root ? replica.root->device : 0).bind_unsigned(replica.root ? replica.root->inode : 0);
  const auto boot = replica.root ? std::optional(replica.root->boot) : std::nullopt;
  put.bind_optional(boot);
  const auto bind_instant = [&put](const std::optional<Instant>& at) {
    const auto count = at ? std::optional(std::int64_t{at->time_since_epoch().count()}) : std::nullopt;
    put.bind_optional(count);
  };
  bind_instant(replica.last_sync);
  const auto branch = replica.git_branch ? std::optional<std::string_view>(*replica.git_branch) : std::nullopt;
  put.bind_optional(branch);
  const auto of = replica.seed ? std::optional<std::string_view>(replica.seed->of) : std::nullopt;
  put.bind_optional(of).bind_unsigned(replica.seed ? replica.seed->seq.value() : 0);
  put.bind(std::string_view(replica.seed ? replica.seed->commit : std::string_view()));
  put.bind(std::int64_t{replica.has_disk}).bind(std::int64_t{replica.in_doubt});
  bind_instant(replica.watched_until);
  bind_instant(replica.leap ? std::optional(replica.leap->before) : std::nullopt);
  put.bind(replica.leap ? std::int64_t{replica.leap->by.count()} : 0);
  const auto seed_epoch =
      replica.seed && replica.seed->epoch ? std::optional(replica.seed->epoch->value()) : std::nullopt;
  put.bind_optional(seed_epoch);
  return put.run();
}

Status SqliteStateStore::write_released(const std::vector<engine::ReleasedDeletes>& released) {
  LEANSPEC_TRY(statement("DELETE FROM released").run());
  Statement put = statement("INSERT INTO released VALUES (?, ?, ?, ?)");
  for (const auto& one : released) {
    put.bind(one.when.boot).bind(std::int64_t{one.when.at.time_since_epoch().count()});
    put.bind(std::int64_t{one.when.wall.time_since_epoch().count()});
    LEANSPEC_TRY(put.bind(std::int64_t{one.count}).run());
  }
  return {};
}

Status SqliteStateStore::write_local(const StateUpdate& update) {
  if (update.local.empty()) return {};
  Statement put = statement("INSERT OR REPLACE INTO local VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  Statement remove = statement("DELETE FROM local WHERE document = ?");
  for (const auto& [document, row] : update.local) {
    if (!row) {
      LEANSPEC_TRY(remove.bind(document.value()).run());
      continue;
    }
    const sync::FileFacts& facts = row->file.facts;
    put.bind(document.value()).bind_bytes(row->path.data(), row->path.size()).bind(row->file.digest);
    put.bind(std::int64_t{static_cast<int>(facts.kind)})
        .bind_unsigned(facts.device)
        .bind_unsigned(facts.inode)
        .bind_unsigned(facts.size);
    put.bind(facts.modified_ns).bind(facts.changed_ns).bind(facts.born_ns).bind(std::int64_t{facts.mode});
    LEANSPEC_TRY(put.bind(std::int64_t{row->file.racy}).run());
  }
  return {};
}

Status SqliteStateStore::write_tree(const std::string& table,
                                    const std::map<DocumentId, std::optional<sync::Node>>& nodes) {
  if (nodes.empty()) return {};
  Statement put = statement("INSERT OR REPLACE INTO " + table + " VALUES (?, ?, ?, ?, ?)");
  Statement remove = statement("DELETE FROM " + table + " WHERE document = ?");
  for (const auto& [document, node] : nodes) {
    if (!node) {
      LEANSPEC_TRY(remove.bind(document.value()).run());
      continue;
    }
    const auto version = node->version ? std::optional(node->version->value()) : std::nullopt;
    put.bind(document.value())
        .bind_bytes(node->path.data(), node->path.size())
        .bind(node->digest)
        .bind_unsigned(node->size);
    LEANSPEC_TRY(put.bind_optional(version).run());
  }
  return {};
}

Status SqliteStateStore::write_holds(const StateUpdate& update) {
  if (update.holds.empty()) return {};
  Statement put = statement("INSERT OR REPLACE INTO hold VALUES (?, ?, ?, ?)");
  Statement remove = statement("DELETE FROM hold WHERE document = ?");
  for (const auto& [document, hold] : update.holds) {
    if (!hold) {
      LEANSPEC_TRY(remove.bind(document.value()).run());
      continue;
    }
    put.bind(document.value()).bind_optional(hold->digest).bind_bytes(hold->path.data(), hold->path.size());
    LEANSPEC_TRY(put.bind(std::string_view(hold->why)).run());
  }
  return {};
}

Status SqliteStateStore::write_intents(const StateUpdate& update) {
  if (update.intents.empty()) return {};
  Statement put = statement("INSERT OR REPLACE INTO intent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  Statement remove = statement("DELETE FROM intent WHERE name = ?");
  const auto bind_path = [&put](const std::optional<std::string>& path) {
    if (path)
      put.bind_bytes(path->data(), path->size());
    else
      put.bind_null();
  };
  for (const auto& [name, intent] : update.intents) {
    if (!intent) {
      LEANSPEC_TRY(remove.bind(std::string_view(name)).run());
      continue;
    }
    put.bind(std::string_view(name)).bind(intent->document.value());
    bind_path(intent->from);
    put.bind_optional(intent->expected);
    bind_path(intent->to);
    put.bind_optional(intent->digest).bind_unsigned(intent->size);
    const auto base = intent->base ? std::optional(intent->base->value()) : std::nullopt;
    const auto version = intent->version ? std::optional(intent->version->value()) : std::nullopt;
    put.bind_optional(base).bind_optional(version);
    LEANSPEC_TRY(put.bind(std::int64_t{intent->done}).bind_optional(intent->boot).bind(intent->modified_ns).run());
  }
  return {};
}

}  // namespace leanspec::bridge::disk
