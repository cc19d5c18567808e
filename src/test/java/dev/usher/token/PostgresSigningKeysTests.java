package dev.usher.token;

import javax.sql.DataSource;

class PostgresSigningKeysTests extends SigningKeysContract {

	@Override
	DataSource newDatabase() {
		return TokenFixture.postgres();
	}

}
