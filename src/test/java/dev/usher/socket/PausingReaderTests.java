package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.usher.testing.Soak;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import dev.usher.testing.TestTls;
import dev.usher.testing.ThreadDump;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Readers that stop reading and go on at random, so that writes stop in the middle of
 * anything and are taken up again by other threads. Messages come in bursts. After each
 * of them nothing more is sent, in either direction, until everybody has got all of it:
 * what waited for the next frame would be missing. A failure names its seed.
 */
class PausingReaderTests {

	private static final int STORED = Soak.of(20_000);

	private static final int LIVE = Soak.of(20_000);

	/** Stored before anybody reads. */
	private static final int REPLAYED = STORED / 2;

	private static final int BURSTS = Soak.of(250);

	@ParameterizedTest(name = "tls {0}")
	@ValueSource(booleans = { false, true })
	void messagesWhenReadersPauseAndGoOnThenEachComesOnceInOrderAndNoneWaitsForTheNext(boolean tls) {
		long seed = Long.getLong("test.seed", new Random().nextLong());
		Random random = new Random(seed);
		List<String> properties = new ArrayList<>(
				List.of("usher.connect.frames-per-second=0", "usher.connect.bytes-per-second=0",
						"usher.inbox.keep-count=0", "usher.inbox.queue=100000", "usher.outbound.max-bytes=16MB"));
		if (tls) {
			properties.addAll(List.of(TestTls.properties()));
		}
		try (TestGateway gateway = TestGateway.start(properties.toArray(String[]::new)).sendBuffer(16 * 1024);
				StompClient publisher = PausingReader.connect(gateway, tls);
				StompClient first = PausingReader.connect(gateway, tls);
				StompClient second = PausingReader.connect(gateway, tls);
				StompClient third = PausingReader.connect(gateway, tls);
				StompClient fourth = PausingReader.connect(gateway, tls)) {
			Pace pace = new Pace();
			publish(publisher, pace, 0, REPLAYED, random);
			publisher.expectNothing();
			start(new PausingReader(first, pace, 1, 0, BURSTS, random.nextLong()), "a");
			start(new PausingReader(second, pace, 0, 1, BURSTS, random.nextLong()), "a");
			start(new PausingReader(third, pace, 1, 1, BURSTS, random.nextLong()), "b");
			start(new PausingReader(fourth, pace, 2, 2, BURSTS, random.nextLong()), "a");
			for (int i = 0; i < BURSTS; i++) {
				publish(publisher, pace, LIVE / BURSTS, (STORED - REPLAYED) / BURSTS, random);
				publisher.expectNothing();
				pace.endBurst(4);
			}
		}
		catch (RuntimeException | AssertionError ex) {
			throw new AssertionError("With -Dtest.seed=" + seed + ": " + ex.getMessage() + "\n" + ThreadDump.ofOurs(),
					ex);
		}
	}

	/** Both kinds in a random order, each numbered on its own. */
	private static void publish(StompClient publisher, Pace pace, int live, int stored, Random random) {
		int toBeLive = live;
		for (int left = live + stored; left > 0; left--) {
			boolean isLive = random.nextInt(left) < toBeLive;
			toBeLive -= (isLive) ? 1 : 0;
			String to = (isLive) ? PausingReader.LIVE : "/user/" + PausingReader.USER + "/queue/log";
			publisher.publish(to, pace.next(isLive) + ":" + "x".repeat(random.nextInt(300)));
		}
	}

	private static void start(PausingReader reader, String prefix) {
		reader.subscribe(prefix);
		new Thread(reader).start();
	}

}
