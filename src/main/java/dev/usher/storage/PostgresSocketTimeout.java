package dev.usher.storage;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * How long PostgreSQL may be silent in the middle of a statement: the driver would wait
 * for ever. A host that lost its power, or a firewall that forgot the connection, says
 * nothing, and all that is to be stored would wait behind the one statement. A
 * {@code socketTimeout} in {@code spring.datasource.url} wins.
 */
class PostgresSocketTimeout implements BeanPostProcessor {

	/**
	 * In seconds. Every statement of ours takes milliseconds; this is for a database that
	 * is slow, not for one that is gone.
	 */
	static final String SECONDS = "30";

	static final String PROPERTY = "socketTimeout";

	@Override
	public Object postProcessBeforeInitialization(Object bean, String name) {
		if (bean instanceof HikariDataSource pool && pool.getJdbcUrl() != null
				&& pool.getJdbcUrl().startsWith("jdbc:postgresql:")) {
			pool.getDataSourceProperties().putIfAbsent(PROPERTY, SECONDS);
		}
		return bean;
	}

}
