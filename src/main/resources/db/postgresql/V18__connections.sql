-- The connections of all nodes, for limits and lists that count across nodes. Each node mirrors what it has in memory and
-- mends what differs: a row may be missing, or stay, for a moment. Whoever takes the lease of a dead node over removes its rows.
CREATE TABLE connections (
  -- The incarnation in "nodes".
  node VARCHAR(16) NOT NULL,
  -- The id of the STOMP session.
  id VARCHAR(64) NOT NULL,
  username TEXT NOT NULL,
  -- The login it came from; null for a token of another issuer.
  session_id TEXT,
  -- Microseconds since the epoch, by the clock of the database: which of a user's is the oldest.
  since BIGINT NOT NULL,
  -- A newer one took its place; its node ends it.
  replaced BOOLEAN NOT NULL DEFAULT FALSE,
  PRIMARY KEY (node, id)
);
CREATE INDEX connections_username ON connections (username);
CREATE INDEX connections_session_id ON connections (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX connections_replaced ON connections (node) WHERE replaced;
