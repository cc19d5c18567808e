package dev.usher.socket;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;

import dev.usher.cluster.Blindness;
import dev.usher.cluster.PeerFreshness;
import dev.usher.testing.Await;
import dev.usher.testing.Postgres;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** A node that cannot hear who was ended, while another can, serves nobody for long. */
class BlindNodeTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@Test
	void nodeWhenItIsBlindThenIsNotReadyLetsNobodyInAndSendsItsConnectionsAwayUntilItHearsAgain() throws Exception {
		String database = Postgres.newMigratedDatabase();
		try (TestGateway gateway = TestGateway.with(Peers.class, "spring.datasource.url=" + database,
				"usher.cluster.poll=50ms", "usher.cluster.blind-after=10s", "usher.drain=0s",
				"spring.datasource.hikari.connection-timeout=2000"); StompClient client = gateway.connect("ann")) {
			Await.within(60, () -> readiness(gateway) == 200);
			String name = gateway.bean(JdbcTemplate.class).queryForObject("SELECT current_database()", String.class);
			Postgres.sendAway(name);
			Await.within(60, () -> gateway.bean(Blindness.class).isClosed());
			assertThat(readiness(gateway)).isEqualTo(503);
			try (StompClient refused = gateway.open()) {
				refused.sendConnect(gateway.token("ben"));
				assertThat(refused.expectError("overloaded", 4015).header("retry-after")).isNotNull();
			}
			BlindDrain drain = new BlindDrain(gateway.bean(Blindness.class), gateway.bean(Drain.class));
			long now = System.nanoTime();
			drain.look(now);
			drain.look(now + BlindDrain.PATIENCE.toNanos() - 1);
			client.expectNothing();
			drain.look(now + BlindDrain.PATIENCE.toNanos());
			client.expectError("draining", 4014);
			Postgres.letBack(name);
			Await.within(60, () -> !gateway.bean(Blindness.class).isBlind());
			Await.within(60, () -> readiness(gateway) == 200);
			gateway.connect("ben").close();
		}
	}

	private int readiness(TestGateway gateway) {
		// The clock of a test stands still, and a node whose clock is off is not ready.
		gateway.clock().set(Instant.now());
		try {
			HttpRequest request = HttpRequest
				.newBuilder(URI.create("http://localhost:" + gateway.port() + "/actuator/health/readiness"))
				.build();
			return this.http.send(request, BodyHandlers.ofString()).statusCode();
		}
		catch (IOException | InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/** Another node, which hears all the time. */
	static class Peers {

		@Bean
		@Primary
		PeerFreshness hearingPeer() {
			return new PeerFreshness() {
				@Override
				public boolean hasPeers() {
					return true;
				}

				@Override
				public @Nullable Duration freshest() {
					return Duration.ZERO;
				}
			};
		}

	}

}
