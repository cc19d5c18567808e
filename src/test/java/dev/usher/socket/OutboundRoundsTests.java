package dev.usher.socket;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import dev.usher.socket.StreamingReader.End;
import dev.usher.testing.Soak;
import dev.usher.testing.ThreadDump;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several stored subscriptions of one connection stream while it ends, in all the ways
 * there are, and each time somebody else must get a stored message at once. Which threads
 * meet is chance, so there are many rounds. A failure names its seed and shows what every
 * thread was doing.
 */
class OutboundRoundsTests {

	@ParameterizedTest(name = "tls {0}, {1} rounds")
	@CsvSource({ "false,300", "true,60" })
	void subscriptionsWhenTheirConnectionEndsWhileTheyStreamThenOthersAreServedAtOnce(boolean tls, int rounds)
			throws Exception {
		long seed = Long.getLong("test.seed", new Random().nextLong());
		Random random = new Random(seed);
		WatchedGateway gateway = new WatchedGateway(tls);
		try {
			gateway.open();
			for (End end : shuffled(Soak.of(rounds), random)) {
				inRound(gateway, end, random.nextLong(), seed);
			}
		}
		finally {
			gateway.close();
		}
	}

	private static void inRound(WatchedGateway gateway, End end, long own, long seed) {
		try (StreamingReader reader = new StreamingReader(gateway, new Random(own))) {
			reader.streamUntil(end);
			gateway.holdUp(false);
			gateway.expectService("after " + end);
		}
		catch (RuntimeException | AssertionError ex) {
			throw new AssertionError(
					end + " with -Dtest.seed=" + seed + ": " + ex.getMessage() + "\n" + ThreadDump.ofOurs(), ex);
		}
	}

	/** Every way as often as its share says, in a random order. */
	private static List<End> shuffled(int rounds, Random random) {
		List<End> shares = Arrays.stream(End.values())
			.flatMap((end) -> Collections.nCopies(end.share(), end).stream())
			.toList();
		List<End> all = new ArrayList<>();
		for (int i = 0; i < rounds; i++) {
			all.add(shares.get(i % shares.size()));
		}
		Collections.shuffle(all, random);
		return all;
	}

}
