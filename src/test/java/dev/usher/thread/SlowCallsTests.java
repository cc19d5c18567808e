package dev.usher.thread;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Warnings of slow calls: soon, and not one for each. */
class SlowCallsTests {

	private final List<String> lines = new CopyOnWriteArrayList<>();

	private SlowCalls calls() {
		Logger logger = (Logger) LoggerFactory.getLogger("slow." + System.nanoTime());
		AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
			@Override
			protected void append(ILoggingEvent event) {
				SlowCallsTests.this.lines.add(event.getFormattedMessage());
			}
		};
		appender.start();
		logger.addAppender(appender);
		return new SlowCalls(logger, "Too slow.", Duration.ofMillis(20));
	}

	@Test
	void callsWhenSlowThenTheFirstIsToldAtOnceAndTheRestInOneLine() {
		SlowCalls calls = calls();
		calls.note("first", Duration.ofMillis(30).toNanos());
		assertThat(this.lines).singleElement().asString().contains("Too slow.", "first", ": 1, 30 ms");
		for (int i = 0; i < 5; i++) {
			calls.note("next", Duration.ofMillis(100).toNanos());
		}
		await().until(() -> this.lines.stream().mapToInt(SlowCallsTests::calls).sum() == 6);
		assertThat(this.lines).hasSizeLessThan(6);
		assertThat(this.lines.get(this.lines.size() - 1)).contains("next", "00 ms");
	}

	private static int calls(String line) {
		return Integer.parseInt(line.replaceAll(".*: (\\d+), .*", "$1"));
	}

	@Test
	void callWhenFastThenNothingIsTold() {
		calls().note("fast", Duration.ofMillis(19).toNanos());
		assertThat(this.lines).isEmpty();
	}

}
