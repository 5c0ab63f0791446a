-- Where a branch came from (law 28). Branches that were there before are forks of none.

ALTER TABLE branches ADD COLUMN fork_of INTEGER REFERENCES branches (id);
ALTER TABLE branches ADD COLUMN fork_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE branches ADD COLUMN fork_commit TEXT NOT NULL DEFAULT '';
ALTER TABLE branches ADD COLUMN opened_by BLOB;
ALTER TABLE branches ADD COLUMN copied INTEGER NOT NULL DEFAULT 0; -- the feed up to here repeats the heads of the fork point
