-- Whose a log is and who has made it, a row for each log that is made. It is a table of its own, as H2 takes a row out of
-- each index of its table and puts it back whenever any column changes: an index of "inbox_logs", whose heads move with
-- each message, costs each message. A log made by a node of the release before this one gets its row when it is
-- swept, and nobody is charged for it.
CREATE TABLE inbox_log_owners (
  log_id BIGINT PRIMARY KEY,
  -- The user it belongs to, as in the address; null where it is shared.
  owner VARCHAR(800),
  -- The key of who published or, where the log is shared, subscribed, and is charged for it. Empty for its owner, who
  -- subscribed; null for nobody.
  maker VARCHAR(43)
);
INSERT INTO inbox_log_owners (log_id, owner, maker)
  SELECT id, owner, CASE WHEN made_by IS NULL THEN '' WHEN made_by = '' THEN NULL ELSE made_by END FROM inbox_logs;
CREATE INDEX inbox_log_owners_owner ON inbox_log_owners (owner);
CREATE INDEX inbox_log_owners_maker ON inbox_log_owners (maker);
-- The columns "owner" and "made_by" of "inbox_logs" are for nodes of the release before; a later release drops them.
DROP INDEX inbox_logs_owner;
DROP INDEX inbox_logs_made_by;
