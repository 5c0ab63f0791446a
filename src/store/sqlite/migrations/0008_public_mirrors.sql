-- Mirrors that anyone may read.

ALTER TABLE mirrors ADD COLUMN public_reading INTEGER NOT NULL DEFAULT 0 CHECK (public_reading IN (0, 1));
