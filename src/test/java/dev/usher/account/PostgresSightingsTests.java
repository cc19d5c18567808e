package dev.usher.account;

import dev.usher.testing.Postgres;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

class PostgresSightingsTests extends SightingsContract {

	@Override
	DriverManagerDataSource newDatabase() {
		return new DriverManagerDataSource(Postgres.newMigratedDatabase());
	}

}
