package dev.usher.token;

import javax.sql.DataSource;

class PostgresRevocationsTests extends RevocationsContract {

	@Override
	DataSource newDatabase() {
		return TokenFixture.postgres();
	}

}
