-- The other ways into a session beside its tokens. Both are secrets of 256 random bits, of
-- which only the SHA-256 is kept, and both go when the session goes.
-- Times are milliseconds since the epoch.
ALTER TABLE sessions ADD COLUMN cookie_hash VARCHAR(43);

CREATE UNIQUE INDEX sessions_cookie_hash ON sessions (cookie_hash);

CREATE TABLE tickets (
  ticket_hash VARCHAR(43) NOT NULL PRIMARY KEY,
  session_id VARCHAR(22) NOT NULL,
  expires_at BIGINT NOT NULL,
  CONSTRAINT tickets_session_fk FOREIGN KEY (session_id) REFERENCES sessions (session_id) ON DELETE CASCADE
);

CREATE INDEX tickets_session_id ON tickets (session_id, expires_at);
CREATE INDEX tickets_expires_at ON tickets (expires_at);
