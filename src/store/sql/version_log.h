#pragma once

/// Statements on branches, versions, heads, aliases and outcomes. Columns are in the order of the records that they
/// fill.
namespace leanspec::store::sql {

#define LEANSPEC_VERSION_COLUMNS                                                                                    \
  "v.id, v.branch, v.document, v.kind, v.parent, v.second_parent, v.path, v.digest, v.size, v.machine, v.replica, " \
  "v.user_id, v.change_id, v.group_id, v.commit_id, v.accepted_at, v.effective_at, v.seq"

#define LEANSPEC_BRANCH_COLUMNS \
  "id, project, name, head, head_digest, fork_of, fork_seq, fork_commit, opened_by, copied"

constexpr const char* create_branch =
    "INSERT INTO branches (project, name, head, head_digest, fork_of, fork_seq, fork_commit, opened_by, copied) "
    "VALUES ($1, $2, 0, $3, $4, $5, $6, $7, 0) RETURNING " LEANSPEC_BRANCH_COLUMNS;
constexpr const char* rename_branch = "UPDATE branches SET name = $2 WHERE id = $1";
constexpr const char* begin_after_copies = "UPDATE branches SET copied = head WHERE id = $1";
constexpr const char* find_branch_by_name =
    "SELECT " LEANSPEC_BRANCH_COLUMNS " FROM branches WHERE project = $1 AND name = $2";
constexpr const char* find_branch = "SELECT " LEANSPEC_BRANCH_COLUMNS " FROM branches WHERE id = $1";
constexpr const char* list_branches =
    "SELECT " LEANSPEC_BRANCH_COLUMNS " FROM branches WHERE project = $1 ORDER BY name";

/// Where the feed goes on. What makes it gap-free and in commit order is that nobody else moves the branch until the end of the
/// transaction: one writer, or a lock on this row where there are several.
constexpr const char* branch_place = "SELECT head, head_digest FROM branches WHERE id = $1";
constexpr const char* advance_branch = "UPDATE branches SET head = $2, head_digest = $3 WHERE id = $1";

constexpr const char* insert_version =
    "INSERT INTO versions (id, branch, document, kind, parent, second_parent, path, digest, size, machine, replica, "
    "user_id, change_id, group_id, commit_id, accepted_at, effective_at, seq, rolling) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING position";
constexpr const char* set_head =
    "INSERT INTO heads (branch, document, version, path, deleted) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (branch, document) DO UPDATE SET version = excluded.version, path = excluded.path, "
    "deleted = excluded.deleted";

constexpr const char* find_head =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM heads h JOIN versions v ON v.position = h.version WHERE h.branch = $1 AND h.document = "
    "COALESCE((SELECT canonical FROM document_aliases WHERE branch = $1 AND alias = $2), $2)";
constexpr const char* find_head_at_path =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM heads h JOIN versions v ON v.position = h.version WHERE h.branch = $1 AND h.path = $2 "
    "ORDER BY h.deleted, h.version DESC LIMIT 1";
constexpr const char* list_heads = "SELECT " LEANSPEC_VERSION_COLUMNS
                                   " FROM heads h JOIN versions v ON v.position = h.version WHERE h.branch = $1 AND "
                                   "h.deleted = 0 ORDER BY h.path, v.seq";
constexpr const char* deleted =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM heads h JOIN versions v ON v.position = h.version WHERE h.branch = $1 AND h.deleted = 1 "
    "ORDER BY h.version DESC LIMIT $2";
constexpr const char* deleted_before =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM heads h JOIN versions v ON v.position = h.version WHERE h.branch = $1 AND h.deleted = 1 "
    "AND h.version < (SELECT position FROM versions WHERE id = $2) ORDER BY h.version DESC LIMIT $3";
/// "seq > 0" lets the index of the feed be used.
constexpr const char* list_heads_at =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM (SELECT document, MAX(seq) AS last FROM versions WHERE branch = $1 AND seq <= $2 AND seq > 0 "
    "GROUP BY document) l JOIN versions v ON v.branch = $1 AND v.seq = l.last AND v.seq > 0 "
    "WHERE v.digest IS NOT NULL ORDER BY v.path, v.seq";
constexpr const char* find_copy =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM versions v WHERE v.branch = $1 AND v.document = $2 AND v.seq > 0 AND v.seq <= "
    "(SELECT copied FROM branches WHERE id = $1) ORDER BY v.position LIMIT 1";
constexpr const char* count_live = "SELECT COUNT(*) FROM heads WHERE branch = $1 AND deleted = 0";

constexpr const char* find_version = "SELECT " LEANSPEC_VERSION_COLUMNS " FROM versions v WHERE v.id = $1";
constexpr const char* find_merge_of = "SELECT " LEANSPEC_VERSION_COLUMNS " FROM versions v WHERE v.second_parent = $1";
constexpr const char* find_version_with_digest =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM versions v WHERE v.branch = $1 AND v.document = $2 AND v.digest = $3 ORDER BY v.position DESC LIMIT 1";
constexpr const char* find_side_with_digest =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM versions v WHERE v.branch = $1 AND v.document = $2 AND v.digest = $3 AND v.replica = $4 AND v.kind = 1 "
    "ORDER BY v.position DESC LIMIT 1";
constexpr const char* note_former =
    "INSERT INTO former_versions (version, branch, document, epoch, former, edited) "
    "SELECT position, branch, document, $2, $3, $4 FROM versions WHERE id = $1 RETURNING version";
constexpr const char* offered_again =
    "SELECT v.id, f.epoch, f.former, f.edited FROM former_versions f JOIN versions v ON v.position = f.version "
    "WHERE f.branch = $1 AND f.document = $2 AND f.epoch = $3 ORDER BY f.version DESC LIMIT $4";
constexpr const char* history =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM versions v WHERE v.branch = $1 AND v.document = $2 ORDER BY v.position DESC LIMIT $3";
constexpr const char* history_before =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM versions v WHERE v.branch = $1 AND v.document = $2 "
    "AND v.position < (SELECT position FROM versions WHERE id = $3) ORDER BY v.position DESC LIMIT $4";
constexpr const char* merges =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM versions v WHERE v.branch = $1 AND v.second_parent IS NOT NULL ORDER BY v.position DESC LIMIT $2";
constexpr const char* merges_before =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM versions v WHERE v.branch = $1 AND v.second_parent IS NOT NULL "
    "AND v.position < (SELECT position FROM versions WHERE id = $2) ORDER BY v.position DESC LIMIT $3";
constexpr const char* feed =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    " FROM versions v WHERE v.branch = $1 AND v.seq > $2 AND v.seq > 0 ORDER BY v.seq LIMIT $3";
constexpr const char* rolling_digest = "SELECT rolling FROM versions WHERE branch = $1 AND seq = $2 AND seq > 0";

constexpr const char* hold_version =
    "INSERT INTO held_versions (version, branch, why) SELECT position, branch, $1 FROM versions WHERE id = $2";
constexpr const char* release_held =
    "DELETE FROM held_versions WHERE version = (SELECT position FROM versions WHERE id = $1)";
constexpr const char* list_held =
    "SELECT " LEANSPEC_VERSION_COLUMNS
    ", h.why FROM held_versions h JOIN versions v ON v.position = h.version WHERE h.branch = $1 ORDER BY h.version";

constexpr const char* canonical_of = "SELECT canonical FROM document_aliases WHERE branch = $1 AND alias = $2";
constexpr const char* retarget_aliases =
    "UPDATE document_aliases SET canonical = $3 WHERE branch = $1 AND canonical = $2";
constexpr const char* set_alias =
    "INSERT INTO document_aliases (branch, alias, canonical) VALUES ($1, $2, $3) "
    "ON CONFLICT (branch, alias) DO UPDATE SET canonical = excluded.canonical";

constexpr const char* find_outcome =
    "SELECT replica, change_id, request, result, at FROM change_outcomes WHERE replica = $1 AND change_id = $2";
constexpr const char* record_outcome =
    "INSERT INTO change_outcomes (replica, change_id, request, result, at) VALUES ($1, $2, $3, $4, $5)";

#undef LEANSPEC_VERSION_COLUMNS
#undef LEANSPEC_BRANCH_COLUMNS

}  // namespace leanspec::store::sql
