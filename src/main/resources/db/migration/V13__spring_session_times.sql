-- Spring Session knows when a login was made, was last in use and expires; ours kept times of its own beside it.
-- Its columns hold 68 years until now. MAX_INACTIVE_INTERVAL is seconds from the last use to the end; the rest is
-- milliseconds, since the epoch.
UPDATE SPRING_SESSION SET
  CREATION_TIME = (SELECT s.created_at FROM sessions s WHERE s.store_id = SPRING_SESSION.SESSION_ID),
  LAST_ACCESS_TIME = (SELECT s.last_seen_at FROM sessions s WHERE s.store_id = SPRING_SESSION.SESSION_ID),
  MAX_INACTIVE_INTERVAL = (
    SELECT CASE WHEN s.expires_at > s.last_seen_at THEN CAST((s.expires_at - s.last_seen_at) / 1000 AS INT) ELSE 0 END
    FROM sessions s WHERE s.store_id = SPRING_SESSION.SESSION_ID),
  EXPIRY_TIME = (SELECT s.expires_at FROM sessions s WHERE s.store_id = SPRING_SESSION.SESSION_ID)
WHERE EXISTS (SELECT 1 FROM sessions s WHERE s.store_id = SPRING_SESSION.SESSION_ID);

DROP INDEX sessions_expires_at;
ALTER TABLE sessions DROP COLUMN created_at;
ALTER TABLE sessions DROP COLUMN last_seen_at;
ALTER TABLE sessions DROP COLUMN expires_at;
