-- Projects that come from a repository at a forge. Secrets are sealed; the key is not in the database.

CREATE TABLE mirrors (
  project TEXT PRIMARY KEY REFERENCES projects (id),
  provider TEXT NOT NULL,
  web_url TEXT NOT NULL,
  api_url TEXT NOT NULL,
  full_name TEXT NOT NULL,
  repository TEXT NOT NULL,
  branch TEXT NOT NULL,
  folder TEXT NOT NULL,
  sealed_token TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  interval_ms INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  commit_id TEXT NOT NULL,
  tree TEXT NOT NULL,
  head_tag TEXT NOT NULL,
  problem TEXT NOT NULL,
  problem_kind TEXT NOT NULL,
  failures INTEGER NOT NULL,
  last_synced_at INTEGER,
  next_sync_at INTEGER
) STRICT;

CREATE TABLE mirror_blobs (
  project TEXT NOT NULL REFERENCES mirrors (project) ON DELETE CASCADE,
  git_id TEXT NOT NULL,
  digest BLOB NOT NULL REFERENCES bodies (digest),
  size INTEGER NOT NULL,
  pointer INTEGER NOT NULL CHECK (pointer IN (0, 1)),
  PRIMARY KEY (project, git_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mirror_skipped (
  project TEXT NOT NULL REFERENCES mirrors (project) ON DELETE CASCADE,
  path TEXT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (project, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE mirror_syncs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL REFERENCES mirrors (project) ON DELETE CASCADE,
  started_at INTEGER NOT NULL,
  took_ms INTEGER NOT NULL,
  cause TEXT NOT NULL,
  outcome TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  added INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  moved INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  fetched INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  problem TEXT NOT NULL
) STRICT;
CREATE INDEX mirror_syncs_by_project ON mirror_syncs (project, id);

CREATE TABLE webhook_deliveries (
  project TEXT NOT NULL REFERENCES mirrors (project) ON DELETE CASCADE,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  event TEXT NOT NULL,
  outcome TEXT NOT NULL,
  settled INTEGER NOT NULL CHECK (settled IN (0, 1)),
  PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (project, at);
