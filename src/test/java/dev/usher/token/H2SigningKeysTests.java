package dev.usher.token;

import javax.sql.DataSource;

class H2SigningKeysTests extends SigningKeysContract {

	@Override
	DataSource newDatabase() {
		return TokenFixture.h2();
	}

}
