-- What each node says of itself, every few seconds; null of a release that says nothing. Times are the database's, in
-- milliseconds since the epoch.
ALTER TABLE nodes ADD COLUMN started_at BIGINT;
ALTER TABLE nodes ADD COLUMN reported_at BIGINT;
ALTER TABLE nodes ADD COLUMN ready BOOLEAN;
ALTER TABLE nodes ADD COLUMN draining BOOLEAN;
ALTER TABLE nodes ADD COLUMN blind BOOLEAN;
-- none, up or down
ALTER TABLE nodes ADD COLUMN bus VARCHAR(8);
-- By how many milliseconds its clock is ahead of the database's.
ALTER TABLE nodes ADD COLUMN clock_skew BIGINT;
ALTER TABLE nodes ADD COLUMN connections INT;

-- Which nodes an administrator wants drained. A node looks for its own row each second. It is a table of its own because a
-- node that was silent for too long loses its row in "nodes" and makes it anew.
CREATE TABLE node_drains (
  incarnation VARCHAR(16) PRIMARY KEY,
  asked_at BIGINT NOT NULL
);
