#pragma once

/// Statements on mirrors. Columns are in the order of the records.
namespace leanspec::store::sql {

constexpr const char* save_mirror =
    "INSERT INTO mirrors (project, provider, web_url, api_url, full_name, repository, branch, folder, sealed_token, "
    "sealed_secret, paused, interval_ms, created_at, commit_id, tree, head_tag, problem, problem_kind, failures, "
    "last_synced_at, next_sync_at, public_reading) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
    "$14, $15, $16, $17, "
    "$18, $19, $20, $21, $22) ON CONFLICT (project) DO UPDATE SET provider = excluded.provider, web_url = "
    "excluded.web_url, "
    "api_url = excluded.api_url, full_name = excluded.full_name, repository = excluded.repository, "
    "branch = excluded.branch, folder = excluded.folder, sealed_token = excluded.sealed_token, "
    "sealed_secret = excluded.sealed_secret, paused = excluded.paused, interval_ms = excluded.interval_ms, "
    "created_at = excluded.created_at, commit_id = excluded.commit_id, tree = excluded.tree, "
    "head_tag = excluded.head_tag, problem = excluded.problem, problem_kind = excluded.problem_kind, "
    "failures = excluded.failures, last_synced_at = excluded.last_synced_at, next_sync_at = excluded.next_sync_at, "
    "public_reading = excluded.public_reading";
constexpr const char* find_mirror =
    "SELECT project, provider, web_url, api_url, full_name, repository, branch, folder, sealed_token, sealed_secret, "
    "paused, interval_ms, created_at, commit_id, tree, head_tag, problem, problem_kind, failures, last_synced_at, "
    "next_sync_at, public_reading FROM mirrors WHERE project = $1";
constexpr const char* list_mirrors =
    "SELECT project, provider, web_url, api_url, full_name, repository, branch, folder, sealed_token, sealed_secret, "
    "paused, interval_ms, created_at, commit_id, tree, head_tag, problem, problem_kind, failures, last_synced_at, "
    "next_sync_at, public_reading FROM mirrors ORDER BY project";
constexpr const char* remove_mirror = "DELETE FROM mirrors WHERE project = $1";

constexpr const char* add_mirror_blob =
    "INSERT INTO mirror_blobs (project, git_id, digest, size, pointer) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (project, git_id) DO NOTHING";
constexpr const char* list_mirror_blobs =
    "SELECT git_id, digest, size, pointer FROM mirror_blobs WHERE project = $1 ORDER BY git_id";

constexpr const char* clear_mirror_skipped = "DELETE FROM mirror_skipped WHERE project = $1";
constexpr const char* add_mirror_skipped =
    "INSERT INTO mirror_skipped (project, path, why) VALUES ($1, $2, $3) ON CONFLICT (project, path) DO NOTHING";
constexpr const char* list_mirror_skipped = "SELECT path, why FROM mirror_skipped WHERE project = $1 ORDER BY path";

constexpr const char* add_mirror_sync =
    "INSERT INTO mirror_syncs (project, started_at, took_ms, cause, outcome, commit_id, added, updated, moved, "
    "deleted, "
    "skipped, fetched, requests, problem) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
constexpr const char* trim_mirror_syncs =
    "DELETE FROM mirror_syncs WHERE project = $1 AND id NOT IN "
    "(SELECT id FROM mirror_syncs WHERE project = $1 ORDER BY id DESC LIMIT $2)";
constexpr const char* list_mirror_syncs =
    "SELECT started_at, took_ms, cause, outcome, commit_id, added, updated, moved, deleted, skipped, fetched, "
    "requests, "
    "problem FROM mirror_syncs WHERE project = $1 ORDER BY id DESC LIMIT $2";

constexpr const char* save_webhook_delivery =
    "INSERT INTO webhook_deliveries (project, id, at, event, outcome, settled) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (project, id) DO UPDATE SET at = excluded.at, event = excluded.event, outcome = excluded.outcome, "
    "settled = excluded.settled";
constexpr const char* find_webhook_delivery =
    "SELECT id, at, event, outcome, settled FROM webhook_deliveries WHERE project = $1 AND id = $2";
constexpr const char* list_webhook_deliveries =
    "SELECT id, at, event, outcome, settled FROM webhook_deliveries WHERE project = $1 ORDER BY at DESC, id DESC LIMIT "
    "$2";
constexpr const char* drop_webhook_deliveries = "DELETE FROM webhook_deliveries WHERE at < $1";

}  // namespace leanspec::store::sql
