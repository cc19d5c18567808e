-- A refresh whose answer was lost may be asked for again: what the current generation of the refresh
-- token took the place of, its number and when it did (milliseconds since the epoch).
ALTER TABLE sessions ADD COLUMN generation BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE sessions ADD COLUMN previous_hash VARCHAR(43);
ALTER TABLE sessions ADD COLUMN rotated_at BIGINT DEFAULT 0 NOT NULL;
