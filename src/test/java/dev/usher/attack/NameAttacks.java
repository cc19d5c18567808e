package dev.usher.attack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A publisher whose every message makes a stored destination. */
class NameAttacks {

	private static final int CALLS = 20;

	private static final int NAMES = 500;

	/** So that thousands of names wait to be made at any time. */
	private static final int AT_ONCE = 12;

	/**
	 * A commit takes some five hundred messages, so ten thousand need twenty. Who takes
	 * turns waits for one or two of them; who waits behind all others, for a dozen.
	 */
	private static final int MEANWHILE = 4;

	private final Target target = ReviewIT.target();

	@Test
	void namesWhenOnePublisherMakesTenThousandThenOthersPublishMeanwhile() {
		String mallory = Target.token("mallory");
		String billing = Target.token("billing");
		Map<String, String> bill = Map.of("to", "/user/alice/queue/bills", "body", "x");
		assertThat(publish(billing, bill)).isEqualTo(200);
		ExecutorService callers = Executors.newFixedThreadPool(AT_ONCE);
		try {
			List<CompletableFuture<Integer>> flood = new ArrayList<>();
			for (int call = 0; call < CALLS; call++) {
				Object names = Map.of("to", names(call), "body", "x");
				flood.add(CompletableFuture.supplyAsync(() -> publish(mallory, names), callers));
			}
			int meanwhile = 0;
			while (!flood.stream().allMatch(CompletableFuture::isDone)) {
				assertThat(publish(billing, bill)).isEqualTo(200);
				meanwhile++;
			}
			assertThat(flood).extracting(CompletableFuture::join).containsOnly(200);
			assertThat(meanwhile).isGreaterThanOrEqualTo(MEANWHILE);
		}
		finally {
			callers.shutdownNow();
		}
	}

	private static List<String> names(int call) {
		return IntStream.range(0, NAMES).mapToObj((i) -> "/user/made-up-" + call + "-" + i + "/queue/in").toList();
	}

	private int publish(String token, Object messages) {
		return this.target.call("POST", "/api/messages", token, messages).status();
	}

}
