package dev.usher.cluster;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import dev.usher.testing.HttpNode;
import dev.usher.testing.Postgres;
import dev.usher.testing.Store;

/**
 * Two gateways on one fresh PostgreSQL, in this process. What happens on {@code a} is
 * looked for on {@code b}.
 *
 * @param database the JDBC URL of the database of both
 * @param a the first, which made the administrator
 * @param b the second
 */
record TwoNodes(String database, HttpNode a, HttpNode b) implements AutoCloseable {

	/**
	 * The bus is not needed for what must not be missed: no Redis is at this port, which
	 * is below those that tests are given.
	 */
	private static final int NOBODY = 1;

	static TwoNodes start(String... properties) {
		String database = Postgres.newMigratedDatabase();
		String[] all = properties(database, properties);
		HttpNode a = HttpNode.start(Store.EMBEDDED, all);
		try {
			HttpNode b = HttpNode.start(Store.EMBEDDED, all);
			b.clock().set(a.clock().instant());
			return new TwoNodes(database, a, b);
		}
		catch (RuntimeException | Error ex) {
			a.close();
			throw ex;
		}
	}

	/** What both have in common: the database and the key, and what allows a second. */
	private static String[] properties(String database, String... more) {
		List<String> all = new ArrayList<>(List.of("spring.datasource.url=" + database, "usher.cluster.bus=redis",
				"spring.data.redis.port=" + NOBODY,
				"usher.token.key=" + Base64.getEncoder().encodeToString(new byte[32]), "usher.drain=0s",
				"usher.access[0].destination=/user/*/queue/**", "usher.access[0].publish=*",
				"usher.access[1].destination=/topic/**", "usher.access[1].publish=*"));
		all.addAll(List.of(properties("usher.test.cluster")));
		all.addAll(List.of(more));
		return all.toArray(String[]::new);
	}

	/**
	 * Properties named by a system property of the test run, with blanks between them.
	 */
	private static String[] properties(String name) {
		String given = System.getProperty(name, "");
		return (given.isEmpty()) ? new String[0] : given.split(" ");
	}

	@Override
	public void close() {
		this.b.close();
		this.a.close();
	}

}
