-- Passkeys (WebAuthn). An account may have one instead of a password. Times are milliseconds since the epoch, bytes are
-- in base64url.
ALTER TABLE accounts ALTER COLUMN password_hash DROP NOT NULL;

-- What authenticators know an account by: 64 random bytes, which say nothing of its name and are not used again for
-- another account of the same name.
CREATE TABLE passkey_users (
  username_key VARCHAR(64) NOT NULL PRIMARY KEY,
  handle VARCHAR(86) NOT NULL UNIQUE,
  CONSTRAINT passkey_users_account FOREIGN KEY (username_key) REFERENCES accounts (username_key) ON DELETE CASCADE
);

CREATE TABLE passkeys (
  -- The id that is shown, 128 random bits.
  passkey_id VARCHAR(22) NOT NULL PRIMARY KEY,
  username_key VARCHAR(64) NOT NULL,
  -- SHA-256 of the credential's id, which the authenticator chose and may have 1023 bytes.
  credential_hash VARCHAR(43) NOT NULL UNIQUE,
  credential_id VARCHAR(1364) NOT NULL,
  name VARCHAR(128) NOT NULL,
  -- The public key is in it.
  attestation VARCHAR(8192) NOT NULL,
  -- How often the authenticator says it has signed; 0 of one that does not count.
  sign_count BIGINT NOT NULL,
  -- Words with blanks between them.
  transports VARCHAR(256) NOT NULL,
  user_verified BOOLEAN NOT NULL,
  backup_eligible BOOLEAN NOT NULL,
  backed_up BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  CONSTRAINT passkeys_user FOREIGN KEY (username_key) REFERENCES passkey_users (username_key) ON DELETE CASCADE
);
CREATE INDEX passkeys_username ON passkeys (username_key);

-- Challenges that were answered are in client_assertions, so that no answer counts twice, on whichever node and after a restart.
