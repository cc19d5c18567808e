-- Whether the profile demo made the account and its password is the one that everybody knows; such an account is
-- refused wherever the profile is not active. NULL means that it is not known: of accounts older than this column
-- with a name of the demo, the next start finds out by their password.
ALTER TABLE accounts ADD COLUMN demo BOOLEAN;

UPDATE accounts SET demo = FALSE WHERE username_key NOT IN ('alice', 'bob', 'admin');
