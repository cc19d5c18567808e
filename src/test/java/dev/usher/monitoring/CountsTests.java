package dev.usher.monitoring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.Await;
import dev.usher.testing.LogReader;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the metrics count, by how much they rise on a gateway that others use too. */
class CountsTests {

	private final TestGateway gateway = SharedGateway.get();

	private final MeterRegistry meters = this.gateway.bean(MeterRegistry.class);

	private double value(String name, String... tags) {
		return this.meters.get(name).tags(tags).meters().stream().mapToDouble(CountsTests::value).sum();
	}

	private static double value(Meter meter) {
		return (meter instanceof FunctionCounter counter) ? counter.count()
				: (meter instanceof Gauge gauge) ? gauge.value() : ((Timer) meter).count();
	}

	/** How much a meter rises by some work, and a little after it. */
	private void assertRises(int by, Runnable work, String name, String... tags) {
		double before = value(name, tags);
		work.run();
		Await.until(() -> value(name, tags) >= before + by);
		assertThat(value(name, tags)).as(name + Arrays.toString(tags)).isEqualTo(before + by);
	}

	/** One message comes in, and goes out so many times: none is left to be counted. */
	private void assertCounted(int out, Runnable work, String kind, String owner) {
		assertRises(out, () -> assertRises(1, work, "usher.messages.in", "kind", kind, "owner", owner),
				"usher.messages.out", "kind", kind, "owner", owner);
	}

	@Test
	void messagesWhenPublishedThenCountInAndOutByKind() {
		try (StompClient ann = this.gateway.connect("counted"); StompClient bob = this.gateway.connect("counting")) {
			ann.subscribe("1", "/user/topic/counts");
			ann.subscribe("2", "/topic/counts");
			bob.subscribe("2", "/topic/counts");
			ann.subscribe("3", "/user/queue/counts");
			assertCounted(2, () -> send(bob, "/topic/counts"), "live", "shared");
			assertCounted(1, () -> send(bob, "/user/counted/topic/counts"), "live", "user");
			assertCounted(1, () -> send(bob, "/user/counted/queue/counts"), "stored", "user");
		}
	}

	/** A thread times the first of so many; whichever thread it is, all of them do. */
	@Test
	void messagesWhenManyThenSomeAreTimed() {
		try (StompClient ann = this.gateway.connect("timed"); StompClient bob = this.gateway.connect("timing")) {
			ann.subscribe("1", "/user/topic/times");
			ann.subscribe("2", "/user/queue/times");
			for (String kind : new String[] { "live", "stored" }) {
				double before = value("usher.publish.write", "kind", kind);
				for (int i = 0; i < 600; i++) {
					bob.publish(kind.equals("live") ? "/user/timed/topic/times" : "/user/timed/queue/times", "hello");
					ann.expect("MESSAGE");
				}
				double after = value("usher.publish.write", "kind", kind);
				assertThat(after - before).isBetween(1.0, 20.0);
			}
			Timer live = this.meters.get("usher.publish.write").tag("kind", "live").timer();
			assertThat(live.mean(TimeUnit.SECONDS)).isBetween(0.000_001, 10.0);
		}
	}

	private static void send(StompClient client, String destination) {
		client.send(StompFrame.of("SEND", "destination:" + destination, "content-type:text/plain").body("hello"));
	}

	@Test
	void publishWhenRepeatedOrRefusedThenThatIsItsResult() {
		try (StompClient bob = this.gateway.connect("repeating")) {
			bob.receipt(StompFrame.of("SEND", "destination:/user/x/queue/counts", "id:once").body("hello"));
			assertRises(1,
					() -> bob
						.receipt(StompFrame.of("SEND", "destination:/user/x/queue/counts", "id:once").body("hello")),
					"usher.publish.results", "result", "repeated");
			assertRises(1, () -> send(bob, "/user/x/topic/usher.no"), "usher.publish.results", "result", "forbidden");
		}
	}

	/** Those of other tests may end meanwhile. */
	@Test
	void connectionsWhenTheyComeAndGoThenAreCountedByStateAndByTheirEnd() {
		StompClient ann = this.gateway.connect("coming");
		StompClient stranger = this.gateway.open();
		Await.until(() -> value("usher.connections.authenticated") >= 1 && value("usher.connections.pending") >= 1);
		assertRises(1, () -> stranger.sendConnect("no token").expectError("unauthorized", 4502),
				"usher.connections.closed", "code", "unauthorized");
		try (LogReader log = new LogReader()) {
			assertRises(1, () -> {
				ann.sendAndWait("DISCONNECT");
				ann.close();
			}, "usher.connections.closed", "code", "normal");
			awaitClosed(log, "coming", 1000);
		}
		stranger.close();
		Await.until(() -> value("usher.connections") == value("usher.connections.authenticated")
				+ value("usher.connections.pending"));
		assertThat(value("usher.connections.slow")).isZero();
	}

	/** Waits for the line of the audit log. */
	private static void awaitClosed(LogReader log, String who, int status) {
		Await.until(() -> log.lines()
			.stream()
			.anyMatch((line) -> line.contains("who=\"" + who + "\"") && line.contains("what=\"" + status + "\"")));
	}

	@Test
	void connectionWhenItBreaksTheProtocolThenItIsNotLost() {
		StompClient bob = this.gateway.connect("breaking");
		try (LogReader log = new LogReader()) {
			assertRises(1, () -> bob.socket().sendBytes(new byte[] { (byte) 0x88, 0 }), "usher.connections.closed",
					"code", "other");
			awaitClosed(log, "breaking", 1002);
		}
		bob.close();
	}

	/** It is looked at before the body is read, and verified after it. */
	@ParameterizedTest
	@ValueSource(ints = { 10, 200_000 })
	void requestWhenItHasABodyThenItsTokenIsCountedOnce(int length) {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + this.gateway.port() + "/api/messages"))
			.header("Authorization", "Bearer " + this.gateway.token("posting"))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"to\": \"/topic/counts\", \"body\": \"" + "x".repeat(length) + "\"}"))
			.build();
		assertRises(1, () -> assertThat(send(request)).isEqualTo(200), "usher.tokens.verified", "result", "good");
	}

	private static int send(HttpRequest request) {
		try {
			return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void messageWhenRefusedThenItsRedeliveriesAndInTheEndItsDeadLetterAreCounted() {
		try (StompClient ann = this.gateway.connect("refusing")) {
			ann.subscribe("1", "/user/queue/bad", "durable:d", "ack:client-individual");
			ann.publish("/user/refusing/queue/bad", "hello");
			double dead = value("usher.dead.letters");
			double again = value("usher.redeliveries");
			for (int i = 0; i < 5; i++) {
				ann.sendAndWait("NACK", "id:" + ann.expect("MESSAGE").header("ack"));
				this.gateway.clock().advance(Duration.ofSeconds(10));
			}
			Await.until(() -> value("usher.dead.letters") == dead + 1);
			assertThat(value("usher.redeliveries")).isEqualTo(again + 4);
		}
	}

	@Test
	void readerWhenItDoesNotAcknowledgeThenItsLagIsWhatWaits() {
		try (StompClient ann = this.gateway.connect("lagging"); StompClient bob = this.gateway.connect("leading")) {
			ann.subscribe("1", "/user/queue/lag", "durable:d", "ack:client");
			for (int i = 0; i < 7; i++) {
				bob.receipt(StompFrame.of("SEND", "destination:/user/lagging/queue/lag").body("hello"));
			}
			assertThat(value("usher.reader.lag.messages")).isGreaterThanOrEqualTo(7);
			assertThat(value("usher.readers")).isPositive();
		}
	}

}
