-- Versions that bridges offered again after this hub came back from a backup, and what they were before (law 20).

CREATE TABLE former_versions (
  version INTEGER PRIMARY KEY REFERENCES versions (position),
  branch INTEGER NOT NULL,
  document BLOB NOT NULL,
  epoch BLOB NOT NULL,
  former BLOB NOT NULL,
  edited INTEGER NOT NULL CHECK (edited IN (0, 1))
) STRICT;
CREATE INDEX former_versions_by_document ON former_versions (branch, document, epoch);
