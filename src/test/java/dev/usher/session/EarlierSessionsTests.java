package dev.usher.session;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Postgres;
import dev.usher.testing.Store;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.session.FindByIndexNameSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions of a version that kept their times beside Spring Session, which itself had
 * them expire in 68 years, go on with their times.
 */
class EarlierSessionsTests {

	/** The last version of that kind. */
	private static final String BEFORE = "12";

	private static final String ALIVE = "A".repeat(22);

	private static final String EXPIRED = "B".repeat(22);

	private static final String SEEN_LATE = "C".repeat(22);

	private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

	private final RefreshToken alive = RefreshToken.create();

	private final RefreshToken expired = RefreshToken.create();

	@ParameterizedTest
	@EnumSource
	void sessionsWhenOfAnEarlierVersionThenGoOnWithTheirTimes(Store store) {
		try (HttpNode node = start(store)) {
			JsonNode listed = node.get("/auth/sessions", node.admin()).json();
			assertThat(listed.size()).isEqualTo(2);
			assertThat(listed.get(0).path("session_id").asString()).isEqualTo(ALIVE);
			assertThat(listed.get(0).path("device").asString()).isEqualTo("phone");
			assertThat(listed.get(0).path("ip").asString()).isEqualTo("192.0.2.7");
			assertThat(listed.get(0).path("created_at").asString()).isEqualTo(daysFromNow(-20).toString());
			assertThat(listed.get(0).path("last_seen_at").asString()).isEqualTo(daysFromNow(-1).toString());
			assertThat(node.bean(SessionTable.class).find(ALIVE).orElseThrow().expiresAt()).isEqualTo(daysFromNow(10));
			assertThat(node.refresh(this.expired.value()).code()).isEqualTo("refresh_invalid");
			node.bean(LoginSessionRepository.class).cleanUpExpiredSessions();
			assertThat(ids(node)).contains(ALIVE).doesNotContain(EXPIRED, SEEN_LATE);
			Answer refreshed = node.refresh(this.alive.value());
			assertThat(refreshed.text("session_id")).isEqualTo(ALIVE);
			assertThat(node.bean(SessionTable.class).find(ALIVE).orElseThrow().expiresAt())
				.isEqualTo(node.clock().instant().plus(Duration.ofDays(30)));
		}
	}

	private static Iterable<String> ids(HttpNode node) {
		return node.bean(JdbcClient.class).sql("SELECT session_id FROM sessions").query(String.class).list();
	}

	private Instant daysFromNow(int days) {
		return this.now.plus(Duration.ofDays(days));
	}

	private HttpNode start(Store store) {
		if (store == Store.POSTGRES) {
			String url = Postgres.newDatabase();
			fill(new DriverManagerDataSource(url));
			return HttpNode.start(Store.EMBEDDED, "spring.datasource.url=" + url);
		}
		return HttpNode.startWith(store, (context) -> {
			Path folder = Path.of(context.getEnvironment().getRequiredProperty("usher.data"));
			// The one with all tables, which other tests begin with.
			assertThat(folder.resolve("usher.mv.db").toFile().delete()).isTrue();
			fill(new DriverManagerDataSource("jdbc:h2:file:" + folder.resolve("usher"), "usher", ""));
		});
	}

	private void fill(DriverManagerDataSource database) {
		Flyway.configure().dataSource(database).target(BEFORE).load().migrate();
		JdbcClient jdbc = JdbcClient.create(database);
		insert(jdbc, ALIVE, this.alive, daysFromNow(-1), daysFromNow(10));
		insert(jdbc, EXPIRED, this.expired, daysFromNow(-3), daysFromNow(-2));
		// Its access token outlived it.
		insert(jdbc, SEEN_LATE, RefreshToken.create(), daysFromNow(-1), daysFromNow(-2));
	}

	/** As that version wrote it, of the administrator whom the first start makes. */
	private void insert(JdbcClient jdbc, String id, RefreshToken token, Instant seenAt, Instant expiresAt) {
		String storeId = UUID.randomUUID().toString();
		long created = daysFromNow(-20).toEpochMilli();
		jdbc.sql("INSERT INTO SPRING_SESSION VALUES (?, ?, ?, ?, ?, ?, ?)")
			.params(storeId, storeId, created + 3, created + 3, Integer.MAX_VALUE, created + Integer.MAX_VALUE * 1000L,
					"admin")
			.update();
		Map<String, String> attributes = Map.of(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, "admin",
				"usher.session-id", id, "usher.device", "phone", "usher.ip", "192.0.2.7");
		attributes.forEach((name, value) -> jdbc.sql("INSERT INTO SPRING_SESSION_ATTRIBUTES VALUES (?, ?, ?)")
			.params(storeId, name, value.getBytes(StandardCharsets.UTF_8))
			.update());
		jdbc.sql("""
				INSERT INTO sessions (session_id, store_id, family_hash, generation_hash, created_at, last_seen_at,
					expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
				""")
			.params(id, storeId, token.familyHash(), token.generationHash(), created, seenAt.toEpochMilli(),
					expiresAt.toEpochMilli())
			.update();
	}

}
