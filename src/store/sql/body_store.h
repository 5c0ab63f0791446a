#pragma once

/// Statements on bodies and on the parts of large ones.
namespace leanspec::store::sql {

constexpr const char* has_body = "SELECT 1 FROM bodies WHERE digest = $1";
constexpr const char* put_body =
    "INSERT INTO bodies (digest, size, form, content) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING";
constexpr const char* get_body = "SELECT size, form, content, base FROM bodies WHERE digest = $1";
/// As it was before bodies could have a base: of older backups.
constexpr const char* get_body_without_base = "SELECT size, form, content, NULL FROM bodies WHERE digest = $1";

constexpr const char* chained_to = "SELECT CAST(value AS TEXT) FROM meta WHERE name = 'chained_to'";
constexpr const char* set_chained_to =
    "INSERT INTO meta (name, value) VALUES ('chained_to', CAST($1 AS BLOB)) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value";
constexpr const char* versions_to_chain =
    "SELECT position, digest, parent, second_parent, accepted_at FROM versions WHERE position > $1 ORDER BY position "
    "LIMIT $2";
/// The text of a version, unless some branch still has it as its document's head.
constexpr const char* replaced_text =
    "SELECT v.digest FROM versions v WHERE v.id = $1 AND v.digest IS NOT NULL AND NOT EXISTS (SELECT 1 FROM versions o "
    "JOIN heads h ON h.branch = o.branch AND h.document = o.document AND h.version = o.position "
    "WHERE o.branch IN (SELECT id FROM branches) AND o.document = v.document AND o.digest = v.digest)";
constexpr const char* body_facts = "SELECT size, length(content), base, chained FROM bodies WHERE digest = $1";
constexpr const char* chain_body = "UPDATE bodies SET form = 1, content = $2, base = $3 WHERE digest = $1";
constexpr const char* raise_chained = "UPDATE bodies SET chained = $2 WHERE digest = $1 AND chained < $2";

constexpr const char* find_upload = "SELECT size, received FROM uploads WHERE digest = $1";
constexpr const char* save_upload =
    "INSERT INTO uploads (digest, size, received, touched_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (digest) DO UPDATE SET received = excluded.received, touched_at = excluded.touched_at";
constexpr const char* add_part = "INSERT INTO upload_parts (digest, start, content) VALUES ($1, $2, $3)";
constexpr const char* parts = "SELECT content FROM upload_parts WHERE digest = $1 ORDER BY start";
constexpr const char* drop_upload = "DELETE FROM uploads WHERE digest = $1";
constexpr const char* drop_stale_uploads = "DELETE FROM uploads WHERE touched_at < $1";

}  // namespace leanspec::store::sql
