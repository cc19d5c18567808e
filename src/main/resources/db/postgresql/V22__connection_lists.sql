-- An operator has ended it, and its node tells the client so. A node of the release before reads "replaced" alone.
ALTER TABLE connections ADD COLUMN ended BOOLEAN NOT NULL DEFAULT FALSE;
-- Lists go through all connections, or those of a user or of a session, in the order of the primary key, a page at a time.
CREATE INDEX connections_username_place ON connections (username, node, id);
CREATE INDEX connections_session_place ON connections (session_id, node, id) WHERE session_id IS NOT NULL;
DROP INDEX connections_username;
DROP INDEX connections_session_id;
