-- With all that a look-up by path asks of a head in the index, the planner takes it; without, it thinks a walk over the whole branch is
-- cheaper, and each new document costs as much as there are documents.

DROP INDEX heads_by_path;
CREATE INDEX heads_by_path ON heads (branch, path, deleted, version DESC);
