package dev.usher.storage;

import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * The database: H2 in the data folder, unless {@code spring.datasource.url} names
 * another.
 */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

	private static final String URL = "spring.datasource.url";

	@Bean
	@Conditional(NoOtherDatabase.class)
	EmbeddedDatabase embeddedDatabase(DataFolder folder) {
		return new EmbeddedDatabase(folder.open());
	}

	@Bean
	Database database(Environment environment) {
		return new Database(!environment.containsProperty(URL));
	}

	@Bean
	static DatabaseUrlCheck databaseUrlCheck() {
		return new DatabaseUrlCheck();
	}

	/** Static, so that it is there before the pool. */
	@Bean
	static PostgresPatience postgresPatience() {
		return new PostgresPatience();
	}

	@Bean
	FlywayMigrationStrategy migration(JdbcConnectionDetails connection) {
		return new Migration(connection);
	}

	@Bean
	FlywayConfigurationCustomizer migrationSettings(JdbcConnectionDetails connection) {
		return (configuration) -> {
			String url = connection.getJdbcUrl();
			configuration.locations(Migration.locations(url));
			if (url.startsWith(Migration.POSTGRESQL)) {
				PostgresPatience.forMigrations(configuration);
			}
		};
	}

	static class NoOtherDatabase implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return !context.getEnvironment().containsProperty(URL);
		}

	}

}
