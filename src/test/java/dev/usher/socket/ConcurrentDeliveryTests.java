package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.usher.testing.Await;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads write to one connection, whose peer takes little at a time, so that writes
 * have to wait and are taken up again by other threads.
 */
class ConcurrentDeliveryTests {

	private static final int PUBLISHERS = 8;

	private static final int MESSAGES = 1000;

	@Test
	void messagesWhenManyPublishToOneThatIsSlowThenEachPublishersArriveOnceAndInOrder() throws InterruptedException {
		try (TestGateway gateway = TestGateway.start("usher.outbound.max-bytes=64MB", "usher.outbound.max-age=10m",
				"usher.connect.frames-per-second=0", "usher.connect.bytes-per-second=0");
				StompClient slow = new StompClient(RawWebSocket.open(gateway.port(), "/ws", Map.of(), 4096))) {
			slow.sendConnect(gateway.token("slow")).expect("CONNECTED");
			slow.subscribe("a", "/topic/all");
			List<Thread> publishers = IntStream.range(0, PUBLISHERS)
				.mapToObj((publisher) -> new Thread(() -> publish(gateway, publisher)))
				.toList();
			publishers.forEach(Thread::start);
			// The kernel takes no more, so that what is published now finds a write under
			// way.
			Await.until(() -> gateway.bean(Connections.class).queuedBytes() > 1_000_000);
			int[] next = new int[PUBLISHERS];
			List<String> wrong = new ArrayList<>();
			for (int i = 0; i < PUBLISHERS * MESSAGES; i++) {
				String[] body = slow.expect("MESSAGE").text().split(":");
				int publisher = Integer.parseInt(body[0]);
				if (Integer.parseInt(body[1]) != next[publisher]++) {
					wrong.add(body[0] + ':' + body[1]);
				}
			}
			assertThat(wrong).isEmpty();
			slow.expectNothing();
			for (Thread publisher : publishers) {
				publisher.join();
			}
		}
	}

	private static void publish(TestGateway gateway, int publisher) {
		try (StompClient client = gateway.connect("publisher" + publisher)) {
			for (int i = 0; i < MESSAGES; i++) {
				String body = publisher + ":" + i + ":" + "x".repeat(i * 37 % 3000);
				client.send(StompFrame.of("SEND", "destination:/topic/all").body(body));
			}
			client.expectNothing();
		}
	}

}
