-- An old text may be kept as what is new in it against another one (docs/data-model.md): `base` is that other text, and content a zstd frame
-- with it as prefix. `chained` is how many bodies hang below this one, each on the next.

ALTER TABLE bodies ADD COLUMN base BLOB REFERENCES bodies (digest);
ALTER TABLE bodies ADD COLUMN chained INTEGER NOT NULL DEFAULT 0;
