-- Names that other issuers and services came with, so that a message to a user who exists nowhere can be told
-- from one to somebody who has no account here. Written when one comes, once a day; milliseconds since the epoch.
CREATE TABLE foreign_users (
  name VARCHAR(255) NOT NULL PRIMARY KEY,
  issuer VARCHAR(1000) NOT NULL,
  seen_at BIGINT NOT NULL
);
CREATE INDEX foreign_users_seen_at ON foreign_users (seen_at);

-- A revocation may mean the tokens of one issuer alone.
ALTER TABLE revocations ADD COLUMN issuer VARCHAR(1000);
