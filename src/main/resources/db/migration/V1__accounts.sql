-- Who may log in. username_key is the name in lower case, so that two names that differ
-- only in case cannot both exist. roles is a list of words with a blank before, between
-- and after them, in the row itself so that one row lock guards it. stamp changes with
-- the password: whoever saw an older stamp saw an older password.
-- Times are milliseconds since the epoch.
CREATE TABLE accounts (
  username_key VARCHAR(64) NOT NULL PRIMARY KEY,
  username VARCHAR(64) NOT NULL,
  password_hash VARCHAR(512) NOT NULL,
  stamp VARCHAR(36) NOT NULL,
  roles VARCHAR(2200) NOT NULL,
  disabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);
