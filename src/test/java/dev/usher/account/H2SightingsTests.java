package dev.usher.account;

import java.util.UUID;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

class H2SightingsTests extends SightingsContract {

	@Override
	DriverManagerDataSource newDatabase() {
		return new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
	}

}
