package dev.usher.cluster;

import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

/**
 * One connection for the feed alone, made as those of the pool are: a pool that is used
 * up must not keep a node from hearing who was ended. Where the pool is of another kind
 * than Spring Boot's, the feed shares it.
 */
final class FeedPool implements AutoCloseable {

	/**
	 * In seconds. A poll takes milliseconds; one that the network has swallowed had
	 * better be tried again soon. A {@code socketTimeout} in
	 * {@code spring.datasource.url} wins.
	 */
	private static final String SOCKET_TIMEOUT = "5";

	private final DataSource database;

	private final @Nullable HikariDataSource own;

	FeedPool(DataSource shared) {
		this.own = copy(shared);
		this.database = (this.own != null) ? this.own : shared;
	}

	private static @Nullable HikariDataSource copy(DataSource shared) {
		try {
			if (!shared.isWrapperFor(HikariDataSource.class)) {
				return null;
			}
			return new HikariDataSource(config(shared.unwrap(HikariDataSource.class)));
		}
		catch (SQLException ex) {
			return null;
		}
	}

	/** Copied one by one: Hikari's own copy shares the properties with the original. */
	private static HikariConfig config(HikariConfig shared) {
		HikariConfig config = new HikariConfig();
		config.setPoolName("usher-changes");
		config.setMaximumPoolSize(1);
		config.setJdbcUrl(shared.getJdbcUrl());
		config.setUsername(shared.getUsername());
		config.setPassword(shared.getPassword());
		if (shared.getDriverClassName() != null) {
			config.setDriverClassName(shared.getDriverClassName());
		}
		config.setDataSource(shared.getDataSource());
		config.setDataSourceClassName(shared.getDataSourceClassName());
		config.setDataSourceProperties(shared.getDataSourceProperties());
		config.setSchema(shared.getSchema());
		config.setCatalog(shared.getCatalog());
		config.setConnectionInitSql(shared.getConnectionInitSql());
		config.setConnectionTimeout(shared.getConnectionTimeout());
		config.addDataSourceProperty("socketTimeout", SOCKET_TIMEOUT);
		return config;
	}

	DataSource database() {
		return this.database;
	}

	@Override
	public void close() {
		if (this.own != null) {
			this.own.close();
		}
	}

}
