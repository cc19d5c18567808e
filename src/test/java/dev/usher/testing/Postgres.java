package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The one real PostgreSQL of a test run, started when the first test asks for it. */
public final class Postgres {

	private static final AtomicInteger databases = new AtomicInteger();

	private Postgres() {
	}

	/** The JDBC URL, with user, of a new and empty database. */
	public static String newDatabase() {
		String name = "test" + databases.incrementAndGet();
		JdbcClient.create(Holder.server.getPostgresDatabase()).sql("CREATE DATABASE " + name).update();
		return Holder.server.getJdbcUrl("postgres", name);
	}

	private static final class Holder {

		private static final EmbeddedPostgres server = start();

		private static EmbeddedPostgres start() {
			try {
				return EmbeddedPostgres.builder().start();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
