-- Services that publish: OAuth 2 clients. A client has a secret or public keys, never both.
-- scopes and publish are lists of words with blanks between them. Times are milliseconds since the epoch.
CREATE TABLE clients (
  client_id VARCHAR(64) NOT NULL PRIMARY KEY,
  -- SHA-256 of the secret, in base64url.
  secret_hash VARCHAR(43),
  -- The client's public keys as a JWK set.
  jwks VARCHAR(32000),
  scopes VARCHAR(200) NOT NULL,
  publish VARCHAR(5000) NOT NULL,
  created_at BIGINT NOT NULL
);

-- Assertions that were used, so that none is used twice, on whichever node and after a restart.
CREATE TABLE client_assertions (
  -- SHA-256 of the client's id and the assertion's, in base64url.
  id_hash VARCHAR(43) NOT NULL PRIMARY KEY,
  expires_at BIGINT NOT NULL
);

CREATE INDEX client_assertions_expires_at ON client_assertions (expires_at);
