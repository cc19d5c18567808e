package dev.usher.account;

import dev.usher.testing.Migrations;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

class H2SightingsTests extends SightingsContract {

	@Override
	DriverManagerDataSource newDatabase() {
		return new DriverManagerDataSource(Migrations.newMemoryDatabase());
	}

}
