package dev.usher.attack;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Those who hold a place and do nothing with it, or as little as they can. */
class PatienceAttacks {

	private final Target target = Targets.tight();

	private ScheduledExecutorService trickle;

	@BeforeEach
	void start() {
		this.trickle = Executors.newSingleThreadScheduledExecutor();
	}

	@AfterEach
	void stop() {
		this.trickle.shutdownNow();
	}

	/** Sends the same again and again, until the other side has had enough. */
	private void trickle(StompClient client, byte[] bytes) {
		this.trickle.scheduleAtFixedRate(() -> client.socket().sendBytes(bytes), 0, 50, TimeUnit.MILLISECONDS);
	}

	private static void endsInTime(StompClient client) {
		long start = System.nanoTime();
		assertThat(client.expectError("auth_timeout", 4011).header("retry")).isEqualTo("reconnect");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2L * Targets.TIMEOUT));
	}

	@Test
	void socketWhenItIsSilentThenItEndsInTime() {
		try (StompClient client = this.target.open()) {
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItSendsHeartBeatsOnlyThenItEndsInTime() {
		try (StompClient client = this.target.open()) {
			trickle(client, RawWebSocket.frame(0x81, new byte[] { '\n' }));
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItSendsPingsOnlyThenItEndsInTime() {
		try (StompClient client = this.target.open()) {
			trickle(client, RawWebSocket.frame(0x89, new byte[0]));
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItsConnectComesInSlowFragmentsThenItEndsInTime() {
		try (StompClient client = this.target.open()) {
			client.socket().send(false, RawWebSocket.TEXT, new byte[] { 'C' });
			trickle(client, RawWebSocket.frame(0x00, new byte[] { 'O' }));
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItSendsHalfAFrameAndStopsThenItEndsInTime() {
		try (StompClient client = this.target.open()) {
			client.socket().sendBytes(new byte[] { (byte) 0x81, (byte) 0xfe, 0x10 });
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItBreaksItsPromiseOfHeartBeatsThenItEnds() {
		try (StompClient client = this.target.open()) {
			client.sendConnect(Target.token("promise"), "heart-beat:100,0").expect("CONNECTED");
			client.expectError("heartbeat_lost", 4016);
		}
	}

	@Test
	void socketWhenItNeverAnswersTheCloseThenItIsCut() {
		try (StompClient client = this.target.connect("rude")) {
			client.send("ACK").expectError("bad_frame", 4500);
			assertThat(client.socket().isCut()).isTrue();
		}
	}

	@Test
	void readerWhenItStopsThenItEndsAndOthersAreServed() {
		try (StompClient stopped = this.target.connectDeaf("deaf");
				StompClient reading = this.target.connect("reading")) {
			stopped.subscribe("a", "/topic/heard");
			reading.subscribe("a", "/topic/heard");
			String body = "x".repeat(100_000);
			for (int i = 0; i < 100; i++) {
				var answer = this.target.call("POST", "/api/messages", Target.token("service"),
						java.util.Map.of("to", "/topic/heard", "body", body));
				assertThat(answer.status()).isEqualTo(200);
				assertThat(reading.expect("MESSAGE").body()).hasSize(100_000);
			}
			stopped.expectErrorAfterMessages("slow_consumer", 4013);
			reading.expectNothing();
		}
	}

	/** The last it sends is a CONNECT, which must not be too late for want of a place. */
	@Test
	void connectWhenOthersHoldTheirPlacesThenItIsServedOnceTheyAreCut() {
		StompClient[] silent = new StompClient[Targets.PENDING];
		for (int i = 0; i < silent.length; i++) {
			silent[i] = this.target.open();
		}
		assertThat(this.target.handshake("/ws").status()).isEqualTo(503);
		for (StompClient client : silent) {
			client.expectError("auth_timeout", 4011);
			client.close();
		}
		try (StompClient late = this.target.connect("late")) {
			StompFrame receipt = late.receipt(StompFrame.of("SEND", "destination:/topic/late"));
			assertThat(receipt.command()).isEqualTo("RECEIPT");
		}
	}

}
