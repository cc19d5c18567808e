package dev.usher.token;

import javax.sql.DataSource;

class H2RevocationsTests extends RevocationsContract {

	@Override
	DataSource newDatabase() {
		return TokenFixture.h2();
	}

}
