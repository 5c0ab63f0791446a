#pragma once

/// Statements on people, their sessions, keys and links, and the audit trail. Columns are in the order of the records.
namespace leanspec::store::sql {

constexpr const char* create_user =
    "INSERT INTO users (name, name_key, password_hash, administrator, generation, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
constexpr const char* find_user =
    "SELECT id, name, password_hash, administrator, generation, created_at FROM users WHERE id = $1";
constexpr const char* find_user_by_name =
    "SELECT id, name, password_hash, administrator, generation, created_at FROM users WHERE name_key = $1";
constexpr const char* list_users =
    "SELECT id, name, password_hash, administrator, generation, created_at FROM users ORDER BY name_key";
constexpr const char* update_user =
    "UPDATE users SET name = $2, name_key = $3, password_hash = $4, administrator = $5, generation = $6, "
    "created_at = $7 WHERE id = $1 RETURNING id";

constexpr const char* set_membership =
    "INSERT INTO memberships (user_id, project, role) VALUES ($1, $2, $3) "
    "ON CONFLICT (user_id, project) DO UPDATE SET role = excluded.role";
constexpr const char* list_memberships =
    "SELECT user_id, project, role FROM memberships WHERE user_id = $1 ORDER BY project";

constexpr const char* save_session =
    "INSERT INTO web_sessions (token, user_id, generation, created_at, last_used_at, expires_at, user_agent) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (token) DO UPDATE SET user_id = excluded.user_id, "
    "generation = excluded.generation, created_at = excluded.created_at, last_used_at = excluded.last_used_at, "
    "expires_at = excluded.expires_at, user_agent = excluded.user_agent";
constexpr const char* find_session =
    "SELECT token, user_id, generation, created_at, last_used_at, expires_at, user_agent FROM web_sessions "
    "WHERE token = $1";
constexpr const char* drop_session = "DELETE FROM web_sessions WHERE token = $1";
constexpr const char* drop_expired_sessions = "DELETE FROM web_sessions WHERE expires_at <= $1";

constexpr const char* create_key =
    "INSERT INTO api_keys (token, prefix, name, scopes, project, created_by, created_at, expires_at, last_used_at, "
    "last_used_address, revoked_at, rotated_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING "
    "id";
constexpr const char* find_key_by_token =
    "SELECT id, token, prefix, name, scopes, project, created_by, created_at, expires_at, last_used_at, "
    "last_used_address, revoked_at, rotated_from FROM api_keys WHERE token = $1";
constexpr const char* find_key =
    "SELECT id, token, prefix, name, scopes, project, created_by, created_at, expires_at, last_used_at, "
    "last_used_address, revoked_at, rotated_from FROM api_keys WHERE id = $1";
constexpr const char* list_keys =
    "SELECT id, token, prefix, name, scopes, project, created_by, created_at, expires_at, last_used_at, "
    "last_used_address, revoked_at, rotated_from FROM api_keys ORDER BY id";
constexpr const char* update_key =
    "UPDATE api_keys SET token = $2, prefix = $3, name = $4, scopes = $5, project = $6, created_by = $7, "
    "created_at = $8, expires_at = $9, last_used_at = $10, last_used_address = $11, revoked_at = $12, "
    "rotated_from = $13 WHERE id = $1 RETURNING id";

constexpr const char* save_link =
    "INSERT INTO one_time_links (token, purpose, user_id, expires_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (token) DO UPDATE SET purpose = excluded.purpose, user_id = excluded.user_id, "
    "expires_at = excluded.expires_at";
constexpr const char* take_link =
    "DELETE FROM one_time_links WHERE token = $1 RETURNING token, purpose, user_id, expires_at";

constexpr const char* append_audit =
    "INSERT INTO audit_entries (at, actor, action, subject, outcome, address) VALUES ($1, $2, $3, $4, $5, $6)";
constexpr const char* list_audit =
    "SELECT at, actor, action, subject, outcome, address FROM audit_entries ORDER BY id DESC LIMIT $1";

}  // namespace leanspec::store::sql
