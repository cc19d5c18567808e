package dev.usher.audit;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.usher.audit.AuditProperties.Format;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The thread that writes the audit log meets an Error, or the end. */
class AuditWriterTests {

	private final AtomicBoolean fails = new AtomicBoolean(true);

	private final BlockingQueue<String> written = new LinkedBlockingQueue<>();

	@Test
	void writerWhenItMeetsAnErrorThenTheNextLineIsWritten() throws Exception {
		AuditWriter writer = writer();
		writer.start();
		writer.write("lost");
		writer.write("kept");
		assertThat(this.written.poll(30, TimeUnit.SECONDS)).isEqualTo("kept");
		assertThat(this.fails).isFalse();
		writer.close();
	}

	@Test
	void closeWhenLinesWaitThenAllAreWrittenBefore() {
		this.fails.set(false);
		AuditWriter writer = writer();
		for (int i = 0; i < 1000; i++) {
			writer.write("line " + i);
		}
		writer.start();
		writer.close();
		assertThat(List.copyOf(this.written)).hasSize(1000).last().isEqualTo("line 999");
	}

	private AuditWriter writer() {
		Logger target = new LoggerContext().getLogger("audit");
		FailingAppender appender = new FailingAppender();
		appender.start();
		target.addAppender(appender);
		return new AuditWriter(target, Format.TEXT);
	}

	private final class FailingAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

		@Override
		protected void append(ILoggingEvent event) {
			if (AuditWriterTests.this.fails.compareAndSet(true, false)) {
				throw new AssertionError("on purpose");
			}
			AuditWriterTests.this.written.add(event.getMessage());
		}

	}

}
