-- Times are Unix milliseconds; ids of documents, versions, machines and so on are 16 bytes, digests 32. What each table promises
-- stands in docs/data-model.md.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  color TEXT NOT NULL,
  favorite INTEGER NOT NULL CHECK (favorite IN (0, 1)),
  default_branch TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE branches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL,
  head INTEGER NOT NULL,
  head_digest BLOB NOT NULL CHECK (length(head_digest) = 32),
  UNIQUE (project, name)
) STRICT;

CREATE TABLE bodies (
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  size INTEGER NOT NULL,
  form INTEGER NOT NULL CHECK (form IN (0, 1)), -- 0 as it is, 1 zstd frame
  content BLOB NOT NULL
) STRICT;

CREATE TABLE uploads (
  digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
  size INTEGER NOT NULL,
  received INTEGER NOT NULL,
  touched_at INTEGER NOT NULL
) STRICT;

CREATE TABLE upload_parts (
  digest BLOB NOT NULL REFERENCES uploads (digest) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (digest, start)
) STRICT;

CREATE TABLE versions (
  position INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  branch INTEGER NOT NULL REFERENCES branches (id),
  document BLOB NOT NULL CHECK (length(document) = 16),
  kind INTEGER NOT NULL CHECK (kind IN (0, 1)), -- 0 head, 1 side
  parent BLOB,
  second_parent BLOB,
  path TEXT NOT NULL,
  digest BLOB REFERENCES bodies (digest), -- NULL: deleted
  size INTEGER NOT NULL,
  machine BLOB,
  replica BLOB,
  user_id INTEGER,
  change_id BLOB,
  group_id BLOB,
  commit_id TEXT NOT NULL,
  accepted_at INTEGER NOT NULL,
  effective_at INTEGER NOT NULL,
  seq INTEGER NOT NULL, -- 0 for a side version
  rolling BLOB, -- of the branch at seq; NULL for a side version
  CHECK ((kind = 0) = (seq > 0)),
  CHECK ((kind = 0) = (rolling IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX versions_feed ON versions (branch, seq) WHERE seq > 0;
CREATE INDEX versions_of_document ON versions (branch, document, digest);

CREATE TRIGGER versions_are_never_changed BEFORE UPDATE ON versions
BEGIN
  SELECT RAISE(ABORT, 'a version is never changed');
END;
CREATE TRIGGER versions_are_never_removed BEFORE DELETE ON versions
BEGIN
  SELECT RAISE(ABORT, 'a version is never removed');
END;
CREATE TRIGGER bodies_are_never_removed BEFORE DELETE ON bodies
BEGIN
  SELECT RAISE(ABORT, 'a body is never removed');
END;

CREATE TABLE heads (
  branch INTEGER NOT NULL REFERENCES branches (id),
  document BLOB NOT NULL,
  version INTEGER NOT NULL REFERENCES versions (position),
  path TEXT NOT NULL,
  deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  PRIMARY KEY (branch, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX heads_by_path ON heads (branch, path, deleted);

CREATE TABLE held_versions (
  version INTEGER PRIMARY KEY REFERENCES versions (position),
  branch INTEGER NOT NULL REFERENCES branches (id),
  why TEXT NOT NULL
) STRICT;
CREATE INDEX held_versions_of_branch ON held_versions (branch);

CREATE TABLE document_aliases (
  branch INTEGER NOT NULL REFERENCES branches (id),
  alias BLOB NOT NULL CHECK (length(alias) = 16),
  canonical BLOB NOT NULL CHECK (length(canonical) = 16),
  PRIMARY KEY (branch, alias)
) STRICT, WITHOUT ROWID;

CREATE TABLE change_outcomes (
  replica BLOB NOT NULL CHECK (length(replica) = 16),
  change_id BLOB NOT NULL CHECK (length(change_id) = 16),
  request BLOB NOT NULL CHECK (length(request) = 32),
  result BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (replica, change_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE machines (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  name TEXT NOT NULL,
  platform TEXT NOT NULL,
  client_version TEXT NOT NULL,
  api_key INTEGER,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE TABLE replicas (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  machine BLOB NOT NULL REFERENCES machines (id),
  project TEXT NOT NULL REFERENCES projects (id),
  branch TEXT NOT NULL,
  root_hint TEXT NOT NULL,
  acknowledged INTEGER NOT NULL,
  documents INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  held INTEGER NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  last_seen INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE, -- the name without case
  password_hash TEXT NOT NULL,
  administrator INTEGER NOT NULL CHECK (administrator IN (0, 1)),
  generation INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
  user_id INTEGER NOT NULL REFERENCES users (id),
  project TEXT NOT NULL REFERENCES projects (id),
  role INTEGER NOT NULL CHECK (role IN (0, 1, 2)), -- viewer, editor, owner
  PRIMARY KEY (user_id, project)
) STRICT, WITHOUT ROWID;

CREATE TABLE web_sessions (
  token BLOB PRIMARY KEY CHECK (length(token) = 32),
  user_id INTEGER NOT NULL REFERENCES users (id),
  generation INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  user_agent TEXT NOT NULL
) STRICT;
CREATE INDEX web_sessions_by_expiry ON web_sessions (expires_at);

CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token BLOB NOT NULL UNIQUE CHECK (length(token) = 32),
  prefix TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL, -- separated by single spaces
  project TEXT REFERENCES projects (id),
  created_by INTEGER REFERENCES users (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  last_used_address TEXT NOT NULL,
  revoked_at INTEGER,
  rotated_from INTEGER REFERENCES api_keys (id)
) STRICT;

CREATE TABLE one_time_links (
  token BLOB PRIMARY KEY CHECK (length(token) = 32),
  purpose TEXT NOT NULL,
  user_id INTEGER REFERENCES users (id),
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit_entries (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  address TEXT NOT NULL
) STRICT;
