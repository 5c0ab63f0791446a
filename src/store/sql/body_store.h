#pragma once

/// Statements on bodies and on the parts of large ones.
namespace leanspec::store::sql {

constexpr const char* has_body = "SELECT 1 FROM bodies WHERE digest = $1";
constexpr const char* put_body =
    "INSERT INTO bodies (digest, size, form, content) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING";
constexpr const char* get_body = "SELECT size, form, content FROM bodies WHERE digest = $1";

constexpr const char* find_upload = "SELECT size, received FROM uploads WHERE digest = $1";
constexpr const char* save_upload =
    "INSERT INTO uploads (digest, size, received, touched_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (digest) DO UPDATE SET received = excluded.received, touched_at = excluded.touched_at";
constexpr const char* add_part = "INSERT INTO upload_parts (digest, start, content) VALUES ($1, $2, $3)";
constexpr const char* parts = "SELECT content FROM upload_parts WHERE digest = $1 ORDER BY start";
constexpr const char* drop_upload = "DELETE FROM uploads WHERE digest = $1";
constexpr const char* drop_stale_uploads = "DELETE FROM uploads WHERE touched_at < $1";

}  // namespace leanspec::store::sql
