package dev.usher.socket;

import java.time.Duration;
import java.util.Map;

import dev.usher.testing.Await;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import dev.usher.websocket.WebSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A message that a client had for too long, that was with others meanwhile and comes
 * again: its copies have one name.
 */
class RepeatedHandoutTests {

	private static final Duration LONG = Duration.ofSeconds(61);

	/**
	 * More than the buffers of both ends hold: of 64 KB the system takes all at once,
	 * however small they are.
	 */
	private static final String LARGE = "x".repeat(120_000);

	private final TestGateway gateway = TestGateway.start("usher.inbox.ack-timeout=1m", "usher.frame.max=256KB");

	@AfterEach
	void stop() {
		this.gateway.close();
	}

	private StompFrame next(StompClient client, String text) {
		StompFrame message = client.expect("MESSAGE");
		assertThat(message.text()).isEqualTo(text);
		return message;
	}

	@Test
	void acknowledgementWhenTheMessageCameAgainThenCoversNoneThatCameBetween() {
		try (StompClient ann = this.gateway.connect("ann");
				StompClient ben = this.gateway.connect("ben");
				StompClient publisher = this.gateway.connect("carl")) {
			ann.subscribe("s", "/queue/copies", "ack:client");
			publisher.publish("/queue/copies", "1");
			String first = next(ann, "1").header("ack");
			this.gateway.clock().advance(Duration.ofSeconds(40));
			publisher.publish("/queue/copies", "2").publish("/queue/copies", "3");
			next(ann, "2");
			next(ann, "3");
			ben.subscribe("s", "/queue/copies", "ack:client-individual", "in-flight:1");
			this.gateway.clock().advance(Duration.ofSeconds(21));
			ben.send("NACK", "id:" + next(ben, "1").header("ack"));
			ben.expectNothing();
			this.gateway.clock().advance(Duration.ofSeconds(5));
			assertThat(next(ann, "1").header("ack")).isEqualTo(first);
			ann.sendAndWait("ACK", "id:" + first).sendAndWait("DISCONNECT");
			ben.send("ACK", "id:" + next(ben, "2").header("ack"));
			next(ben, "3");
		}
	}

	/**
	 * Its client has the first copy of 1 and not yet 2, which is queued before the
	 * second.
	 */
	@Test
	void messageWhenItCameAgainBeforeItWasWrittenThenCountsAsReadAndNoneThatIsNotWritten() {
		this.gateway.sendBuffer(4096);
		RawWebSocket slow = RawWebSocket.open(this.gateway.port(), "/ws", Map.of(), 4096);
		try (StompClient ann = new StompClient(slow);
				StompClient ben = this.gateway.connect("ben");
				StompClient publisher = this.gateway.connect("carl")) {
			ann.sendConnect(this.gateway.token("ann")).expect("CONNECTED");
			ann.subscribe("s", "/queue/auto");
			// So small that more than one is asked for from here on.
			publisher.publish("/queue/auto", "0");
			next(ann, "0");
			WebSocket socket = this.gateway.bean(Connections.class).oldestOf("ann").outlet().socket();
			// Its client may have it before it counts as written.
			Await.until(() -> socket.queuedBytes() == 0);
			publisher.publish("/queue/auto", "1" + LARGE);
			Await.until(() -> socket.queuedBytes() > 0);
			long before = socket.framesWritten();
			this.gateway.clock().advance(Duration.ofSeconds(40));
			publisher.publish("/queue/auto", "2" + LARGE);
			Await.until(() -> socket.framesQueued() == before + 2);
			ben.subscribe("s", "/queue/auto", "ack:client-individual", "in-flight:1");
			this.gateway.clock().advance(Duration.ofSeconds(21));
			ben.send("NACK", "id:" + next(ben, "1" + LARGE).header("ack"));
			ben.expectNothing();
			this.gateway.clock().advance(Duration.ofSeconds(5));
			Await.until(() -> socket.framesQueued() == before + 3);
			next(ann, "1" + LARGE);
			Await.until(() -> socket.framesWritten() == before + 1);
			ann.close();
			next(ben, "2" + LARGE);
		}
	}

	@Test
	void acknowledgementsWhenOfEachCopyThenAllAreTakenAndNoneIsCountedTwice() {
		try (StompClient ann = this.gateway.connect("ann");
				StompClient ben = this.gateway.connect("ben");
				StompClient publisher = this.gateway.connect("carl")) {
			ann.subscribe("s", "/queue/twice", "ack:client-individual");
			publisher.publish("/queue/twice", "1");
			String ack = next(ann, "1").header("ack");
			ben.subscribe("s", "/queue/twice", "ack:client-individual");
			this.gateway.clock().advance(LONG);
			next(ben, "1");
			this.gateway.clock().advance(LONG);
			assertThat(next(ann, "1").header("ack")).isEqualTo(ack);
			ann.sendAndWait("ACK", "id:" + ack);
			Connections connections = this.gateway.bean(Connections.class);
			assertThat(connections.oldestOf("ann").outlet().holdings().unacknowledgedBytes()).isZero();
			ann.sendAndWait("ACK", "id:" + ack);
			ann.send("ACK", "id:" + ack).expectError("bad_frame", 4500);
		}
	}

}
