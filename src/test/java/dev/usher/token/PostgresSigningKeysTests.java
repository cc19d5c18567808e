package dev.usher.token;

import javax.sql.DataSource;

import dev.usher.testing.Postgres;

class PostgresSigningKeysTests extends SigningKeysContract {

	@Override
	DataSource newDatabase() {
		return TokenFixture.migrated(Postgres.newDatabase());
	}

}
