-- RSA keys that sign access tokens. The generation is the election: of several nodes that
-- find a new key due, the first to insert the next number wins, the others read its key.
-- The private key is PKCS #8, encrypted (AES-256-GCM under the master key), in base64.
-- Times are milliseconds since the epoch.
CREATE TABLE signing_keys (
	generation BIGINT NOT NULL PRIMARY KEY,
	kid VARCHAR(64) NOT NULL UNIQUE,
	signs_from BIGINT NOT NULL,
	private_key VARCHAR(8192) NOT NULL
);

-- What dies before its token expires. Only ever appended to and swept, never changed.
CREATE TABLE revocations (
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind VARCHAR(16) NOT NULL,
	target VARCHAR(512) NOT NULL,
	issued_before BIGINT,
	expires_at BIGINT NOT NULL
);

CREATE INDEX revocations_expires_at ON revocations (expires_at);
