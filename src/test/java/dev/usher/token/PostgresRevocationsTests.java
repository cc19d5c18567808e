package dev.usher.token;

import javax.sql.DataSource;

import dev.usher.testing.Postgres;

class PostgresRevocationsTests extends RevocationsContract {

	@Override
	DataSource newDatabase() {
		return TokenFixture.migrated(Postgres.newDatabase());
	}

}
