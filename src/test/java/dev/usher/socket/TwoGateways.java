package dev.usher.socket;

import dev.usher.bus.Bus;
import dev.usher.testing.Await;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import dev.usher.testing.TestGateway;

/** Two gateways that share a database and a Redis. */
final class TwoGateways implements AutoCloseable {

	private final RedisServer redis = RedisServer.start();

	private final TestGateway one;

	private final TestGateway other;

	TwoGateways() {
		String database = Postgres.newMigratedDatabase();
		this.one = node("one", database);
		this.other = node("other", database);
		// The bus may come up after the start.
		Await.within(30, () -> this.one.bean(Bus.class).works() && this.other.bean(Bus.class).works());
	}

	private TestGateway node(String name, String database) {
		return TestGateway.start(this.redis.properties("usher.cluster.node=" + name,
				"spring.datasource.url=" + database, "usher.token.key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="));
	}

	RedisServer redis() {
		return this.redis;
	}

	TestGateway one() {
		return this.one;
	}

	TestGateway other() {
		return this.other;
	}

	@Override
	public void close() {
		this.one.close();
		this.other.close();
		this.redis.close();
	}

}
