-- Of a session whose account is elsewhere, its roles at the login, with blanks between them; NULL for an account here.
ALTER TABLE sessions ADD COLUMN roles VARCHAR(2200);
