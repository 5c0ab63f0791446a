#pragma once

/// Statements on machines and their replicas. Columns are in the order of the records.
namespace leanspec::store::sql {

constexpr const char* save_machine =
    "INSERT INTO machines (id, name, platform, client_version, api_key, first_seen, last_seen, revoked_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
    "platform = excluded.platform, client_version = excluded.client_version, api_key = excluded.api_key, "
    "first_seen = excluded.first_seen, last_seen = excluded.last_seen, revoked_at = excluded.revoked_at";
constexpr const char* find_machine =
    "SELECT id, name, platform, client_version, api_key, first_seen, last_seen, revoked_at FROM machines WHERE id = $1";
constexpr const char* list_machines =
    "SELECT id, name, platform, client_version, api_key, first_seen, last_seen, revoked_at FROM machines ORDER BY "
    "name, id";

constexpr const char* save_replica =
    "INSERT INTO replicas (id, machine, project, branch, root_hint, acknowledged, documents, pending, held, state, "
    "detail, last_seen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO UPDATE SET "
    "machine = excluded.machine, project = excluded.project, branch = excluded.branch, root_hint = excluded.root_hint, "
    "acknowledged = excluded.acknowledged, documents = excluded.documents, pending = excluded.pending, "
    "held = excluded.held, state = excluded.state, detail = excluded.detail, last_seen = excluded.last_seen";
constexpr const char* find_replica =
    "SELECT id, machine, project, branch, root_hint, acknowledged, documents, pending, held, state, detail, last_seen "
    "FROM replicas WHERE id = $1";
constexpr const char* list_replicas =
    "SELECT id, machine, project, branch, root_hint, acknowledged, documents, pending, held, state, detail, last_seen "
    "FROM replicas ORDER BY id";

}  // namespace leanspec::store::sql
