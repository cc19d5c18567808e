-- An id belongs to its publisher. Its key is now the log's number, the publisher's key (43 characters, empty for the
-- gateway itself) and the id, with a slash between. Whose the ids of earlier versions are is not known: for the rest
-- of their day they count for whoever repeats them, so that nothing is stored twice across the upgrade.
ALTER TABLE inbox_ids ALTER COLUMN id_key SET DATA TYPE VARCHAR(400);
UPDATE inbox_ids SET id_key = 'any:' || id_key;

-- How many bytes a log holds, as usher.inbox.owner-bytes counts them, and when it was last noted to be in use.
ALTER TABLE inbox_logs ADD COLUMN bytes BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE inbox_logs ADD COLUMN used_at BIGINT DEFAULT 0 NOT NULL;
-- Who has made it by publishing and is charged for it: a publisher's key. Empty for nobody, as for all that was there
-- before; null for whoever subscribed.
ALTER TABLE inbox_logs ADD COLUMN made_by VARCHAR(43);
UPDATE inbox_logs SET
  made_by = '',
  used_at = CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT),
  bytes = COALESCE((
    SELECT SUM(256 + OCTET_LENGTH(m.body) + COALESCE(CHAR_LENGTH(m.headers), 0))
    FROM inbox_messages m WHERE m.log_id = inbox_logs.id), 0);
CREATE INDEX inbox_logs_made_by ON inbox_logs (made_by);

-- How many bytes a publisher has published to stored destinations on one day, counted from 1970-01-01 in UTC.
CREATE TABLE inbox_publishers (
  publisher VARCHAR(43) PRIMARY KEY,
  published_on BIGINT NOT NULL,
  bytes BIGINT NOT NULL
);
CREATE INDEX inbox_publishers_published_on ON inbox_publishers (published_on);
