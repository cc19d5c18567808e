-- Several nodes on one database. Times of leases are the database's own, in milliseconds since the epoch.

-- The nodes that live. "inbox_nodes" is of the release before this one, which may run beside it; a later release drops it.
CREATE TABLE nodes (
  -- 64 random bits of this start, in base 36.
  incarnation VARCHAR(16) PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  version VARCHAR(64) NOT NULL,
  -- The versions of frames on the bus that the node reads.
  wire_min INT NOT NULL,
  wire_max INT NOT NULL,
  lanes INT NOT NULL,
  lease_until BIGINT NOT NULL
);

-- Who let go of a claim after a NACK or an ack-timeout, and takes it back later than others; null where anybody may.
ALTER TABLE inbox_claims ADD COLUMN last_node VARCHAR(64);

-- Which nodes have a reader open, where there may be several: what comes is divided among them.
CREATE TABLE inbox_reader_nodes (
  reader_id BIGINT NOT NULL,
  node VARCHAR(16) NOT NULL,
  PRIMARY KEY (reader_id, node)
);
CREATE INDEX inbox_reader_nodes_node ON inbox_reader_nodes (node);

-- Failed logins, counted for all nodes: the time at which nothing counts against a name any more.
CREATE TABLE throttles (
  -- SHA-256 of what is slowed, in base64url.
  name VARCHAR(43) PRIMARY KEY,
  full_at BIGINT NOT NULL
);
CREATE INDEX throttles_full_at ON throttles (full_at);

-- One row. A release that does not know the newest migration may still run if it knows the one of this version: a
-- migration that takes away what earlier releases need moves it up. Nodes that start lock the row, one at a time.
CREATE TABLE schema_release (
  lowest_version INT NOT NULL
);
INSERT INTO schema_release (lowest_version) VALUES (15);
