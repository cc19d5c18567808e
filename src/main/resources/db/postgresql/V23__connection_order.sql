-- Lists go on from node to node, so they are in the order that nodes have in memory: byte by byte, not as the language of the
-- database has it, where "aa" may follow "z". The columns stay as they are: a join of them with others would have two
-- collations to choose from, and fail. A node of the release before sorts what it lists.
-- Dropping comes first, as it takes the strongest lock: taken later, it could wait for somebody who waits for this.
DROP INDEX connections_username_place;
DROP INDEX connections_session_place;
CREATE INDEX connections_place ON connections (node COLLATE "C", id COLLATE "C");
CREATE INDEX connections_username_place ON connections (username, node COLLATE "C", id COLLATE "C");
CREATE INDEX connections_session_place ON connections (session_id, node COLLATE "C", id COLLATE "C")
  WHERE session_id IS NOT NULL;
