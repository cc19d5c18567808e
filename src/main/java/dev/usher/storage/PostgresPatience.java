package dev.usher.storage;

import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.api.configuration.FluentConfiguration;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * How long this node waits for PostgreSQL, and PostgreSQL for this node. Neither has a
 * limit of its own.
 * <p>
 * A host that lost its power, or a firewall that forgot the connection, says nothing, and
 * all that is to be stored would wait behind the one statement. A {@code socketTimeout}
 * in {@code spring.datasource.url} wins.
 * <p>
 * A node that is paused in the middle of a transaction keeps its locks, and a logout at
 * another node would wait for them. So the transaction ends when nothing has been asked
 * in it for a moment. A {@code spring.datasource.hikari.connection-init-sql} wins.
 */
class PostgresPatience implements BeanPostProcessor {

	/**
	 * In seconds. Every statement of ours takes milliseconds; this is for a database that
	 * is slow, not for one that is gone.
	 */
	static final String SECONDS = "30";

	static final String PROPERTY = "socketTimeout";

	/** Less than a person waits for an answer. */
	static final String IDLE_IN_TRANSACTION = "SET idle_in_transaction_session_timeout = '4s'";

	@Override
	public Object postProcessBeforeInitialization(Object bean, String name) {
		if (bean instanceof HikariDataSource pool && pool.getJdbcUrl() != null
				&& pool.getJdbcUrl().startsWith(Migration.POSTGRESQL)) {
			pool.getDataSourceProperties().putIfAbsent(PROPERTY, SECONDS);
			if (pool.getConnectionInitSql() == null) {
				pool.setConnectionInitSql(IDLE_IN_TRANSACTION);
			}
		}
		return bean;
	}

	/**
	 * Flyway holds its lock in a transaction of one connection while another one
	 * migrates.
	 */
	static void forMigrations(FluentConfiguration configuration) {
		configuration.initSql("SET idle_in_transaction_session_timeout = 0");
	}

}
