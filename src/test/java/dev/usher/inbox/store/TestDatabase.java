package dev.usher.inbox.store;

import java.nio.file.Path;
import java.time.Duration;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.usher.testing.Migrations;
import dev.usher.testing.Postgres;
import org.flywaydb.core.Flyway;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A database with the tables of the inbox.
 */
public final class TestDatabase implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final HikariDataSource dataSource;

	private TestDatabase(String url, Duration patience) {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(url);
		if (url.startsWith("jdbc:h2:")) {
			config.setUsername("sa");
		}
		config.setMaximumPoolSize(10);
		config.setConnectionTimeout(patience.toMillis());
		this.dataSource = new HikariDataSource(config);
		Flyway.configure().locations(Migrations.of(url)).dataSource(this.dataSource).load().migrate();
	}

	public static TestDatabase h2(Path folder) {
		return of(h2Url(folder));
	}

	static String h2Url(Path folder) {
		return "jdbc:h2:file:" + folder.resolve("usher") + ";WRITE_DELAY=0";
	}

	/** One that is there already, brought up to date. */
	static TestDatabase of(String url) {
		return new TestDatabase(url, PATIENCE);
	}

	public static TestDatabase postgres() {
		return postgres(PATIENCE);
	}

	/** One whose callers wait that long for a connection. */
	static TestDatabase postgres(Duration patience) {
		return new TestDatabase(Postgres.newMigratedDatabase(), patience);
	}

	public JdbcTemplate template() {
		return new JdbcTemplate(this.dataSource);
	}

	DataSource dataSource() {
		return this.dataSource;
	}

	@Override
	public void close() {
		this.dataSource.close();
	}

}
