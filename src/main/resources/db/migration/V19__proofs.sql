-- A login whose client has proven a key (DPoP, RFC 9449): that key's thumbprint (RFC 7638), which every credential of the
-- session is bound to. NULL for a session of bearer tokens.
ALTER TABLE sessions ADD COLUMN key_thumbprint VARCHAR(43);

-- A client may have two secrets while one takes the place of the other: their hashes, with a blank between them.
ALTER TABLE clients ALTER COLUMN secret_hash SET DATA TYPE VARCHAR(87);

-- The table client_assertions holds used proofs too. Its name is from before.
