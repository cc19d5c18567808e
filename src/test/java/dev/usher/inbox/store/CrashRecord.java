package dev.usher.inbox.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.StompFrame;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What publishers were told is stored, held against what is read later.
 */
final class CrashRecord {

	/** A RECEIPT does not say which offset it was. */
	static final long OFFSET_NOT_SAID = -1;

	static final List<String> LOGS = List.of("/user/ann/queue/crash", "/user/ben/queue/crash", "/user/cas/queue/crash",
			"/queue/crash");

	private final Map<String, Map<String, Long>> accepted = new ConcurrentHashMap<>();

	private final Map<String, String> epochs = new HashMap<>();

	private final Semaphore count = new Semaphore(0);

	/**
	 * The identity of a message that was published.
	 *
	 * @param log where it was published to
	 * @param publisher who published it
	 * @param number how many that one had published there before
	 */
	record Published(String log, int publisher, int number) {

		/** No blank and no colon, so that it can be a receipt as well. */
		String body() {
			return this.log.replace('/', '.') + "-" + this.publisher + "-" + this.number;
		}

	}

	/** Takes a 200 or a RECEIPT. Any thread. */
	void accepted(Published published, long offset) {
		this.accepted.computeIfAbsent(published.log(), (log) -> new ConcurrentHashMap<>())
			.put(published.body(), offset);
		this.count.release();
	}

	/** Waits until so many more were accepted; says whether they were. */
	boolean await(int more) throws InterruptedException {
		this.count.drainPermits();
		return this.count.tryAcquire(more, 240, TimeUnit.SECONDS);
	}

	/** Holds all of a log, read from its start, against what was accepted. */
	void check(String log, List<StompFrame> messages) {
		Map<String, Long> offsets = new HashMap<>();
		Map<String, Integer> next = new HashMap<>();
		String epoch = this.epochs.computeIfAbsent(log, (key) -> messages.get(0).header("epoch"));
		long last = 0;
		for (StompFrame message : messages) {
			assertThat(message.header("offset")).as("no hole in %s", log).isEqualTo(Long.toString(++last));
			assertThat(message.header("epoch")).isEqualTo(epoch);
			String body = message.text();
			int dash = body.lastIndexOf('-');
			int number = next.merge(body.substring(0, dash), 1, Integer::sum) - 1;
			assertThat(body.substring(dash + 1)).as("order of %s in %s", body, log).isEqualTo(Integer.toString(number));
			offsets.put(body, last);
		}
		this.accepted.getOrDefault(log, Map.of()).forEach((body, offset) -> {
			assertThat(offsets).as("accepted for %s", log).containsKey(body);
			if (offset != OFFSET_NOT_SAID) {
				assertThat(offsets).containsEntry(body, offset);
			}
		});
	}

}
