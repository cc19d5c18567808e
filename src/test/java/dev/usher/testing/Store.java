package dev.usher.testing;

import java.util.List;

/** The databases every test of stored things runs over. */
public enum Store {

	/** The file in the data folder. */
	EMBEDDED {

		@Override
		List<String> properties() {
			return List.of();
		}

	},

	/** A fresh database of a real server, which has its tables already. */
	POSTGRES {

		@Override
		List<String> properties() {
			return List.of("spring.datasource.url=" + Postgres.newMigratedDatabase());
		}

	};

	abstract List<String> properties();

}
