package dev.usher.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.FreePort;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The limit that deliveries are held against must do what it is said to do: one message
 * for each order, to one receiver after the other.
 */
class FloorTests {

	@Test
	void publishWhenFiveAreOrderedThenThreeReceiversGetThemInTurn() throws Exception {
		int port = FreePort.next();
		CompletableFuture<Void> server = CompletableFuture.runAsync(() -> serve(port, 3));
		try (ClientLoop loop = new ClientLoop(new FloorPeer(), port)) {
			while (!ServerProcess.listens(port)) {
				Thread.onSpinWait();
			}
			for (int i = 0; i < 3; i++) {
				loop.open(Load.user(i), null);
			}
			assertThat(loop.turnUntil(() -> loop.logins() == 3, 30)).isTrue();
			Publisher publisher = new Publisher(loop);
			Map<String, Integer> received = new HashMap<>();
			loop.listen((connection, stamp) -> received.merge(connection.user, 1, Integer::sum));
			long before = loop.bytes();
			for (int i = 0; i < 5; i++) {
				publisher.publish(new byte[0], i);
			}
			publisher.flush();
			assertThat(loop.turnUntil(() -> loop.messages() == 5, 30)).isTrue();
			assertThat(received).isEqualTo(Map.of("u0", 2, "u1", 2, "u2", 1));
			assertThat(loop.bytes() - before).isEqualTo(5 * (FloorPeer.message().length + 4));
		}
		server.get(30, TimeUnit.SECONDS);
	}

	private static void serve(int port, int receivers) {
		try {
			FloorServer.main(new String[] { Integer.toString(port), Integer.toString(receivers) });
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
