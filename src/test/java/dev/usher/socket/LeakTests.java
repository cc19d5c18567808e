package dev.usher.socket;

import java.lang.management.ManagementFactory;
import java.util.Map;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.usher.testing.Await;
import dev.usher.testing.LogReader;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.Soak;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Sockets that come and go leave nothing behind. */
class LeakTests {

	private static final int SOCKETS = Soak.of(10_000);

	/** What is opened once, when it is first needed, and stays open. */
	private static final int HANDLES = 16;

	private static TestGateway gateway;

	private static Connections connections;

	private static Subscriptions subscriptions;

	@BeforeAll
	static void start() {
		gateway = TestGateway.start("usher.connect.timeout=10s", "usher.outbound.max-bytes=1MB",
				"usher.connect.frames-per-second=0", "usher.connect.bytes-per-second=0",
				"usher.connect.pending-per-address=0");
		connections = gateway.bean(Connections.class);
		subscriptions = gateway.bean(Subscriptions.class);
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	private static long openFiles() {
		return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
	}

	private static long usedHeap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	@Test
	void socketsWhenTheyComeAndGoInEveryWayThenNothingIsLeft() {
		openAndDrop(100);
		awaitEmpty();
		long files = openFiles();
		long heap = usedHeap();
		openAndDrop(SOCKETS);
		awaitEmpty();
		Await.until(() -> openFiles() <= files + HANDLES);
		// A leaked connection holds a kilobyte at the very least.
		assertThat(usedHeap() - heap).isLessThan(SOCKETS * 1024L + 4 * 1024 * 1024);
	}

	private static void openAndDrop(int sockets) {
		String token = gateway.token("ann");
		for (int i = 0; i < sockets; i++) {
			try (StompClient client = gateway.open()) {
				drop(client, token, i);
			}
		}
	}

	private static void drop(StompClient client, String token, int i) {
		switch (i % 8) {
			case 0 -> {
				// Never says a word.
			}
			case 1 -> client.sendConnect("forged").expectError("unauthorized", 4502);
			case 2 -> client.sendConnect(token);
			case 3 -> client.sendConnect(token).expect("CONNECTED");
			case 4 -> {
				client.sendConnect(token).expect("CONNECTED");
				client.subscribe("a", "/user/topic/leak").subscribe("b", "/topic/leak." + i);
				client.sendAndWait("BEGIN", "transaction:t").send("SEND", "destination:/topic/leak", "transaction:t");
			}
			case 5 -> {
				client.sendConnect(token).expect("CONNECTED");
				client.subscribe("a", "/topic/leak").sendAndWait("DISCONNECT").expectClose(1000, "");
				client.answerClose();
			}
			case 6 -> {
				client.sendConnect(token).expect("CONNECTED");
				client.subscribe("a", "/topic/leak", "ack:client").publish("/topic/leak", "unread");
				client.send("ACK", "id:unknown").expectErrorAfterMessages("bad_frame", 4500);
			}
			default -> {
				client.sendConnect(token).expect("CONNECTED");
				client.subscribe("a", "/topic/leak").socket().sendBytes(new byte[] { (byte) 0x82, (byte) 0xff, 0, 0 });
			}
		}
	}

	private static void awaitEmpty() {
		Await.until(() -> connections.size() == 0 && subscriptions.size() == 0
				&& connections.pendingOf("127.0.0.1") == 0 && connections.ofAddress("127.0.0.1") == 0);
	}

	@Test
	void connectsWhenAThousandFollowEachOtherThenNoneIsRefused() {
		String token = gateway.token("ann");
		for (int i = 0; i < 1000; i++) {
			try (StompClient client = gateway.open()) {
				client.sendConnect(token).expect("CONNECTED");
			}
		}
	}

	@Test
	void readerWhenItIsFrozenUnderLoadThenNobodyWaitsForIt() {
		RawWebSocket socket = RawWebSocket.open(gateway.port(), "/ws", Map.of(), 2048);
		try (LogReader log = new LogReader();
				StompClient frozen = new StompClient(socket);
				StompClient reader = gateway.connect("ben");
				StompClient writer = gateway.connect("eve")) {
			frozen.sendConnect(gateway.token("ann")).expect("CONNECTED");
			frozen.subscribe("a", "/topic/load");
			reader.subscribe("a", "/topic/load");
			String body = "x".repeat(10_000);
			for (int i = 0; i < 3000; i++) {
				// A write that waits for the frozen one would never come to an end.
				writer.publish("/topic/load", body);
				reader.expect("MESSAGE");
			}
			// It is cut where it takes longer to publish than the ERROR waits for it.
			socket.drain();
			Await.until(() -> log.lines()
				.stream()
				.anyMatch((line) -> line.contains("who=\"ann\"") && line.contains("4013")));
		}
	}

}
