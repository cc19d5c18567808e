package dev.usher.inbox.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import dev.usher.testing.Answer;
import dev.usher.testing.JarNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Publishes until the gateway is gone, in one of the ways there are, to one log after the
 * other as chance has it, and tells what was accepted.
 */
final class CrashPublisher extends Thread {

	/**
	 * By single calls over HTTP, by calls with many messages, or by SEND over a socket.
	 */
	enum Way {

		ONE_BY_ONE, BATCHES, SEND

	}

	private static final int MOST_IN_A_BATCH = 40;

	private static final int MOST_SENDS_AHEAD = 8;

	private final Way way;

	private final int number;

	private final JarNode node;

	private final Random random;

	private final CrashRecord record;

	private final AtomicReference<Throwable> failure = new AtomicReference<>();

	/** How many were published to each log. */
	private final Map<String, Integer> published = new HashMap<>();

	CrashPublisher(Way way, int number, JarNode node, Random random, CrashRecord record) {
		super("publisher-" + number);
		this.way = way;
		this.number = number;
		this.node = node;
		this.random = random;
		this.record = record;
	}

	@Override
	public void run() {
		try {
			if (this.way == Way.SEND) {
				send();
			}
			else {
				post();
			}
		}
		catch (Throwable ex) {
			if (!this.node.killed()) {
				this.failure.set(ex);
			}
		}
	}

	/** What went wrong before the gateway was killed. */
	@Nullable Throwable failure() {
		return this.failure.get();
	}

	private CrashRecord.Published next() {
		String log = CrashRecord.LOGS.get(this.random.nextInt(CrashRecord.LOGS.size()));
		int count = this.published.merge(log, 1, Integer::sum);
		return new CrashRecord.Published(log, this.number, count - 1);
	}

	private List<CrashRecord.Published> next(int most) {
		List<CrashRecord.Published> batch = new ArrayList<>();
		int size = 1 + this.random.nextInt(most);
		while (batch.size() < size) {
			batch.add(next());
		}
		return batch;
	}

	private void post() {
		String token = this.node.token("publisher");
		while (true) {
			List<CrashRecord.Published> batch = next((this.way == Way.BATCHES) ? MOST_IN_A_BATCH : 1);
			Answer answer = this.node.publish(token,
					batch.stream().map((one) -> Map.of("to", one.log(), "body", one.body())).toList());
			if (answer.status() != 200) {
				throw new AssertionError(answer);
			}
			JsonNode results = answer.json().path("results");
			for (int i = 0; i < batch.size(); i++) {
				JsonNode offset = results.path(i).path("offset");
				if (!offset.isNumber()) {
					throw new AssertionError(answer);
				}
				this.record.accepted(batch.get(i), offset.asLong());
			}
		}
	}

	private void send() {
		try (StompClient client = this.node.connect("publisher")) {
			while (true) {
				List<CrashRecord.Published> ahead = next(MOST_SENDS_AHEAD);
				for (CrashRecord.Published one : ahead) {
					client.send(StompFrame.of("SEND", "destination:" + one.log(), "receipt:" + one.body())
						.body(one.body()));
				}
				// To several users, so in the order in which they are stored.
				while (!ahead.isEmpty()) {
					StompFrame receipt = client.expect("RECEIPT");
					CrashRecord.Published stored = ahead.stream()
						.filter((one) -> one.body().equals(receipt.header("receipt-id")))
						.findFirst()
						.orElseThrow(() -> new AssertionError("got " + receipt));
					ahead.remove(stored);
					this.record.accepted(stored, CrashRecord.OFFSET_NOT_SAID);
				}
			}
		}
	}

}
