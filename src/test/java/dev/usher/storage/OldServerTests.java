package dev.usher.storage;

import java.lang.reflect.Proxy;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A server too old for what the schema needs is refused in a sentence. */
class OldServerTests {

	@Test
	void postgresWhenItIsTooOldThenTheStartSaysSo() throws SQLException {
		assertThatExceptionOfType(StorageException.class)
			.isThrownBy(() -> Migration.refuseOldServer(server("PostgreSQL", 12)))
			.withMessage("The database of spring.datasource.url is PostgreSQL 12.1, which is too old.")
			.satisfies((ex) -> assertThat(ex.action()).isEqualTo("Use PostgreSQL 13 or newer."));
		Migration.refuseOldServer(server("PostgreSQL", 13));
		Migration.refuseOldServer(server("H2", 2));
	}

	private static DatabaseMetaData server(String product, int version) {
		Map<String, Object> answers = Map.of("getDatabaseProductName", product, "getDatabaseMajorVersion", version,
				"getDatabaseProductVersion", version + ".1");
		return (DatabaseMetaData) Proxy.newProxyInstance(OldServerTests.class.getClassLoader(),
				new Class<?>[] { DatabaseMetaData.class }, (proxy, method, arguments) -> answers.get(method.getName()));
	}

}
