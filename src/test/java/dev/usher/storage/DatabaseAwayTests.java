package dev.usher.storage;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Postgres;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import dev.usher.testing.TcpProxy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The database goes away and comes back: what needs it is refused meanwhile in words one
 * can act on, everything else goes on, and nobody has to restart anything.
 */
class DatabaseAwayTests {

	/** How the database goes away. */
	enum Trouble {

		STOPPED {

			@Override
			void begin(TcpProxy proxy) {
				proxy.cut();
			}

		},

		SILENT {

			@Override
			void begin(TcpProxy proxy) {
				proxy.hold();
			}

		};

		abstract void begin(TcpProxy proxy);

	}

	private static final String STORED = "/user/ann/queue/in";

	private static TcpProxy proxy;

	private static HttpNode node;

	private static String token;

	private StompClient ann;

	private StompClient ben;

	@BeforeAll
	static void start() {
		String url = Postgres.newMigratedDatabase();
		int port = URI.create(url.substring("jdbc:".length())).getPort();
		proxy = new TcpProxy(port);
		// No test has to wait for the defaults, of which one is 30 seconds.
		node = HttpNode.start(Store.EMBEDDED,
				"spring.datasource.url=" + url.replace(":" + port + "/", ":" + proxy.port() + "/") + "&socketTimeout=5",
				"spring.datasource.hikari.connection-timeout=5000", "usher.access[0].destination=/user/*/queue/**",
				"usher.access[0].publish=*", "usher.access[1].destination=/topic/**", "usher.access[1].publish=*",
				"usher.access[1].subscribe=*");
		node.makeUser("ann", "user");
		token = node.login("ann").text("access_token");
	}

	@AfterAll
	static void stop() {
		node.close();
		proxy.close();
	}

	@BeforeEach
	void connect() {
		this.ann = StompClient.connect(node.port(), token);
		this.ben = StompClient.connect(node.port(), token);
		this.ben.socket().patience(Duration.ofSeconds(30));
	}

	@AfterEach
	void disconnect() {
		proxy.mend();
		this.ann.close();
		this.ben.close();
		awaitStored("after");
	}

	private static Answer publish(String to, String body) {
		return node.call("POST", "/api/messages", token, Map.of("to", to, "body", body));
	}

	/** The same id each time: it is stored once, however often it is tried. */
	private static Answer awaitStored(String id) {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
		Answer answer;
		do {
			answer = node.call("POST", "/api/messages", token, Map.of("to", STORED, "body", id, "id", id));
			assertThat(answer.status()).isIn(200, 503);
		}
		while (answer.status() == 503 && System.nanoTime() < deadline);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		return answer;
	}

	private static void assertUnavailable(Answer answer) {
		assertThat(answer.code()).isEqualTo("storage_unavailable");
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.header("Retry-After")).isEqualTo("5");
	}

	/** A RECEIPT says that the frame has taken effect. */
	@ParameterizedTest
	@ValueSource(strings = { "ACK", "NACK", "COMMIT", "UNSUBSCRIBE" })
	void receiptWhenDatabaseIsAwayThenComesOnceTheFrameHasTakenEffect(String command) {
		this.ann.receipt(StompFrame.of("SUBSCRIBE", "id:d", "destination:/user/queue/in", "durable:" + command,
				"ack:client-individual"));
		assertThat(publish(STORED, "acknowledged").status()).isEqualTo(200);
		String ack = "id:" + this.ann.expect("MESSAGE").header("ack");
		if (command.equals("COMMIT")) {
			this.ann.send("BEGIN", "transaction:t").send("ACK", "transaction:t", ack);
		}
		String[] headers = switch (command) {
			case "COMMIT" -> new String[] { "transaction:t", "receipt:kept" };
			case "UNSUBSCRIBE" -> new String[] { "id:d", "forget:true", "receipt:kept" };
			default -> new String[] { ack, "receipt:kept" };
		};
		proxy.cut();
		this.ann.send(command, headers);
		this.ann.send("SEND", "destination:/app/ping", "receipt:ping");
		assertThat(this.ann.expect("RECEIPT").header("receipt-id")).isEqualTo("ping");
		proxy.mend();
		assertThat(this.ann.expect("RECEIPT").header("receipt-id")).isEqualTo("kept");
	}

	@Test
	void receiptsWhenTheyWaitForTheDatabaseThenComeInTheOrderOfTheirFrames() {
		this.ann.receipt(StompFrame.of("SUBSCRIBE", "id:d", "destination:/user/queue/in", "durable:order",
				"ack:client-individual"));
		List<StompFrame> acks = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			assertThat(publish(STORED, "m" + i).status()).isEqualTo(200);
			acks.add(StompFrame.of("ACK", "id:" + this.ann.expect("MESSAGE").header("ack"), "receipt:" + i));
		}
		proxy.cut();
		this.ann.sendTogether(acks.toArray(StompFrame[]::new));
		this.ann.send("SEND", "destination:/app/ping", "receipt:ping");
		assertThat(this.ann.expect("RECEIPT").header("receipt-id")).isEqualTo("ping");
		proxy.mend();
		for (int i = 0; i < 20; i++) {
			assertThat(this.ann.expect("RECEIPT").header("receipt-id")).isEqualTo(String.valueOf(i));
		}
	}

	/** What is never refused keeps back no refusal. */
	@Test
	void commitWhenDatabaseIsAwayThenItsMessageIsRefusedMeanwhile() {
		this.ben.receipt(StompFrame.of("SUBSCRIBE", "id:d", "destination:/user/queue/in", "durable:commit",
				"ack:client-individual"));
		assertThat(publish(STORED, "acknowledged").status()).isEqualTo(200);
		String ack = this.ben.expect("MESSAGE").header("ack");
		this.ben.send("BEGIN", "transaction:t").send("ACK", "transaction:t", "id:" + ack);
		this.ben.send(StompFrame.of("SEND", "destination:" + STORED, "transaction:t").body("refused"));
		proxy.cut();
		this.ben.send("COMMIT", "transaction:t", "receipt:c");
		assertThat(this.ben.expectError("storage_unavailable", 4020).header("receipt-id")).isEqualTo("c");
	}

	@Test
	void readerWhenItIsForgottenBeforeItWasJoinedThenTheReceiptWaits() {
		proxy.hold();
		this.ann.sendTogether(
				StompFrame.of("SUBSCRIBE", "id:x", "destination:/user/queue/in", "durable:late", "ack:client"),
				StompFrame.of("UNSUBSCRIBE", "id:x", "forget:true", "receipt:gone"),
				StompFrame.of("SEND", "destination:/app/ping", "receipt:ping"));
		assertThat(this.ann.expect("RECEIPT").header("receipt-id")).isEqualTo("ping");
		proxy.mend();
		assertThat(this.ann.expect("RECEIPT").header("receipt-id")).isEqualTo("gone");
	}

	@ParameterizedTest
	@EnumSource
	void publishWhenDatabaseIsAwayThenStoredIsRefusedUntilItIsBackAndNothingIsLost(Trouble trouble) {
		StompFrame place = this.ann.receipt(StompFrame.of("SUBSCRIBE", "id:s", "destination:/user/queue/in"));
		long head = Long.parseLong(place.header("offset"));
		assertThat(publish(STORED, "before").status()).isEqualTo(200);
		assertThat(this.ann.expect("MESSAGE").text()).isEqualTo("before");
		trouble.begin(proxy);
		assertUnavailable(publish(STORED, "refused"));
		this.ben.send(StompFrame.of("SEND", "destination:" + STORED, "receipt:r1").body("refused"));
		StompFrame error = this.ben.expectError("storage_unavailable", 4020);
		assertThat(error.headers()).containsEntry("retry", "reconnect")
			.containsEntry("retry-after", "5")
			.containsEntry("receipt-id", "r1");
		proxy.mend();
		long offset = awaitStored("back-" + trouble).json().path("results").path(0).path("offset").asLong();
		StompFrame message = this.ann.expect("MESSAGE");
		// The commit of a refused one may have been under way when the network broke.
		while (message.text().equals("refused")) {
			message = this.ann.expect("MESSAGE");
		}
		assertThat(message.text()).isEqualTo("back-" + trouble);
		assertThat(message.header("offset")).isEqualTo(Long.toString(offset));
		assertThat(offset).isGreaterThan(head + 1);
	}

	@Test
	void publishWhenDatabaseWasRestartedThenNobodyIsToldOfDeadConnections() {
		for (int i = 0; i < 20; i++) {
			assertThat(publish(STORED, "fills the pool").status()).isEqualTo(200);
		}
		proxy.cut();
		proxy.mend();
		assertThat(publish(STORED, "is stored").status()).isEqualTo(200);
	}

	@ParameterizedTest
	@EnumSource
	void liveMessagesWhenDatabaseIsAwayThenGoOn(Trouble trouble) {
		this.ann.subscribe("t", "/topic/news");
		trouble.begin(proxy);
		assertUnavailable(publish(STORED, "refused"));
		this.ben.publish("/topic/news", "by SEND");
		assertThat(this.ann.expect("MESSAGE").text()).isEqualTo("by SEND");
		Answer answer = node.call("POST", "/api/messages", token,
				List.of(Map.of("to", STORED, "body", "no"), Map.of("to", "/topic/news", "body", "by POST")));
		assertThat(answer.status()).isEqualTo(207);
		assertThat(answer.json().at("/results/0/error/code").asString()).isEqualTo("storage_unavailable");
		assertThat(answer.json().at("/results/1/delivered").asInt()).isEqualTo(1);
		assertThat(this.ann.expect("MESSAGE").text()).isEqualTo("by POST");
		// A token that is good stays good.
		StompClient.connect(node.port(), token).close();
	}

	@Test
	void silenceWhenNothingIsSaidOfItThenIsLimited() {
		assertThat(node.bean(HikariDataSource.class).getDataSourceProperties()).containsEntry("socketTimeout", "30");
	}

	@Test
	void loginWhenDatabaseIsAwayThenIsRefusedUntilItIsBack() {
		proxy.cut();
		double logins = audited("login");
		assertUnavailable(node.login("ann"));
		assertThat(audited("login")).isEqualTo(logins + 1);
		proxy.mend();
		awaitStored("login");
		Await.within(60, () -> node.login("ann").status() == 200);
	}

	@Test
	void passwordWhenDatabaseIsAwayThenIsKeptAndTheAuditLogSaysWhy() {
		proxy.cut();
		double before = audited("password");
		assertUnavailable(node.call("POST", "/auth/password", token,
				Map.of("current_password", HttpNode.PASSWORD, "new_password", "another good password")));
		assertThat(audited("password")).isEqualTo(before + 1);
		proxy.mend();
		awaitStored("password");
		Await.within(60, () -> node.login("ann").status() == 200);
	}

	/** How many times the audit log has had the database as the reason. */
	private static double audited(String event) {
		return node.bean(MeterRegistry.class)
			.find("usher.events")
			.tags("event", event, "outcome", "refused", "reason", "storage_unavailable")
			.counters()
			.stream()
			.mapToDouble(Counter::count)
			.sum();
	}

	/** One waits for a connection, and nobody for one after the other. */
	@ParameterizedTest
	@EnumSource
	void loginsWhenDatabaseIsAwayAndACrowdComesThenEachIsRefusedSoon(Trouble trouble) {
		trouble.begin(proxy);
		long begun = System.nanoTime();
		List<CompletableFuture<Answer>> crowd = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			String name = "somebody" + i;
			crowd.add(CompletableFuture.supplyAsync(() -> node.login(name), (call) -> new Thread(call).start()));
		}
		crowd.forEach((each) -> assertUnavailable(each.join()));
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(50));
		proxy.mend();
		Await.within(60, () -> node.login("ann").status() == 200);
	}

	@Test
	void subscribeWhenDatabaseIsAwayThenTheConnectionIsToldToComeBack() {
		proxy.cut();
		this.ben.send("SUBSCRIBE", "id:s", "destination:/user/queue/in", "receipt:r2");
		StompFrame error = this.ben.expectError("storage_unavailable", 4020);
		assertThat(error.headers()).containsEntry("retry-after", "5").containsEntry("receipt-id", "r2");
	}

}
