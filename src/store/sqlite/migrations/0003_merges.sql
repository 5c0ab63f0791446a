-- Which head a side version was merged into is asked for each push that is based on a side version; the merges of a branch are listed for people.

CREATE INDEX versions_by_second_parent ON versions (second_parent) WHERE second_parent IS NOT NULL;
CREATE INDEX merges_by_branch ON versions (branch, position) WHERE second_parent IS NOT NULL;
