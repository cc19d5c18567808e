package dev.usher.inbox.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.usher.testing.JarNode;
import dev.usher.testing.Soak;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing accepted is lost: the packaged gateway is killed while it stores, and started
 * again on the same data. A failure names its seed; when the process dies is not part of
 * it, so a failure may need a few runs to come again.
 */
class CrashIT {

	private static final int PUBLISHERS = 16;

	private static final int CRASHES = Soak.of(2);

	/** The number of the publisher that publishes after each start. */
	private static final int AFTER_START = -1;

	private final CrashRecord record = new CrashRecord();

	@ParameterizedTest
	@EnumSource
	void startWhenKilledWhileStoringThenAllThatWasAcceptedIsThere(Store store, @TempDir Path data) throws Exception {
		long seed = Long.getLong("test.seed", new Random().nextLong());
		Random random = new Random(seed);
		try (JarNode node = JarNode.start(data, store, "usher.inbox.keep-count=0")) {
			for (int crash = 0; crash < CRASHES; crash++) {
				publishUntilKilled(node, crash, random);
				node.start();
				for (String log : CrashRecord.LOGS) {
					this.record.check(log, readAll(node, log, crash));
				}
			}
		}
		catch (AssertionError ex) {
			throw new AssertionError("With -Dtest.seed=" + seed, ex);
		}
	}

	private void publishUntilKilled(JarNode node, int crash, Random random) throws InterruptedException {
		CrashPublisher.Way[] ways = CrashPublisher.Way.values();
		List<CrashPublisher> publishers = new ArrayList<>();
		for (int i = 0; i < PUBLISHERS; i++) {
			publishers.add(new CrashPublisher(ways[i % ways.length], crash * PUBLISHERS + i, node,
					new Random(random.nextLong()), this.record));
		}
		publishers.forEach(Thread::start);
		boolean enough = this.record.await(200 + random.nextInt(2000));
		node.kill();
		for (CrashPublisher publisher : publishers) {
			publisher.join();
			assertThat(publisher.failure()).as(publisher.getName()).isNull();
		}
		assertThat(enough).isTrue();
	}

	/** Publishes one more, and reads the log from its start until that one comes. */
	private List<StompFrame> readAll(JarNode node, String log, int crash) {
		CrashRecord.Published last = new CrashRecord.Published(log, AFTER_START, crash);
		String[] words = log.split("/");
		boolean own = words[1].equals("user");
		List<StompFrame> read = new ArrayList<>();
		try (StompClient client = node.connect((own) ? words[2] : "reader")) {
			client.receipt(StompFrame.of("SEND", "destination:" + log).body(last.body()));
			this.record.accepted(last, CrashRecord.OFFSET_NOT_SAID);
			StompFrame place = client.receipt(StompFrame.of("SUBSCRIBE", "id:0",
					"destination:" + ((own) ? "/user/queue/crash" : log), "offset:0"));
			assertThat(place.headers()).containsEntry("offset", "0").containsEntry("recovered", "true");
			do {
				read.add(client.expect("MESSAGE"));
			}
			while (!read.get(read.size() - 1).text().equals(last.body()));
		}
		return read;
	}

}
