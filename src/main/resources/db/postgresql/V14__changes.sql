-- What every node must hear of is a row with the number of the transaction that wrote it. A node reads the rows whose
-- transactions were not over when it read before; ids say nothing of that order, for they are given before the commit.
-- The rows that are there get this transaction's number.
ALTER TABLE revocations ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX revocations_xid ON revocations (xid);

-- What else was removed or made and other nodes remember: a log, a reader, an account. Times are milliseconds since the
-- epoch, by the clock of the database.
CREATE TABLE changes (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  kind VARCHAR(16) NOT NULL,
  -- A log: its number, a blank and its address. A reader: its number. An account: its name.
  target VARCHAR(1200) NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX changes_xid ON changes (xid);
CREATE INDEX changes_expires_at ON changes (expires_at);
