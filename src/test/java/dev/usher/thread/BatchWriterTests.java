package dev.usher.thread;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.Await;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class BatchWriterTests {

	private final List<Map<String, Integer>> written = new CopyOnWriteArrayList<>();

	private final List<Map<String, Integer>> lost = new CopyOnWriteArrayList<>();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch gate = new CountDownLatch(1);

	private final BatchWriter<String, Integer> writer = new BatchWriter<>("tested", Duration.ZERO,
			new FailureLog(LoggerFactory.getLogger(BatchWriterTests.class), "A write of the test failed"), this::write,
			this.lost::add);

	private void write(Map<String, Integer> batch) {
		this.begun.countDown();
		try {
			assertThat(this.gate.await(60, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		this.written.add(batch);
	}

	@Test
	void writeWhenItIsClosedMeanwhileThenIsNotInterruptedAndTheRestIsWritten() throws Exception {
		assertThat(this.writer.add("first", 1)).isTrue();
		assertThat(this.begun.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.writer.add("second", 2)).isTrue();
		Thread closing = new Thread(this.writer::close);
		closing.setDaemon(true);
		closing.start();
		Await.within(30, () -> closing.getState() == Thread.State.TIMED_WAITING || !closing.isAlive());
		this.gate.countDown();
		closing.join(30_000);
		Await.until(() -> this.written.size() == 2 || !this.lost.isEmpty());
		assertThat(this.lost).isEmpty();
		assertThat(this.written).containsExactly(Map.of("first", 1), Map.of("second", 2));
	}

}
