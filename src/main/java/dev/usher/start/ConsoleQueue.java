package dev.usher.start;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import dev.usher.audit.Audit;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Puts a queue before the console once the gateway is up. The standard output can stand
 * still, as a pipe does that nobody reads; from then on a line of the log waits in the
 * queue, or is dropped and counted when that is full, and no thread that serves
 * connections waits for it. Until then lines are written at once, so that a start that
 * fails says why, and so that they keep their order with what is printed beside the log.
 * <p>
 * Whatever appender writes to the console is kept as it is configured, and one that
 * writes elsewhere is not touched. The audit log has a queue of its own already and a
 * thread that may wait.
 */
public final class ConsoleQueue implements ApplicationListener<ApplicationReadyEvent>, Ordered {

	/** A few MiB when full. */
	private static final int MOST_WAITING = 4096;

	private static final int FLUSH_MILLIS = 3000;

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
			return;
		}
		Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		List<Appender<ILoggingEvent>> consoles = new ArrayList<>();
		root.iteratorForAppenders().forEachRemaining((appender) -> {
			if (appender instanceof ConsoleAppender) {
				consoles.add(appender);
			}
		});
		consoles.forEach((console) -> {
			root.addAppender(queued(console, context));
			root.detachAppender(console);
		});
	}

	private static Appender<ILoggingEvent> queued(Appender<ILoggingEvent> console, LoggerContext context) {
		Queued queue = new Queued(console);
		queue.setContext(context);
		queue.setName(console.getName() + "-queue");
		queue.setQueueSize(MOST_WAITING);
		queue.setDiscardingThreshold(0);
		queue.setNeverBlock(true);
		queue.setMaxFlushTime(FLUSH_MILLIS);
		queue.addAppender(console);
		queue.start();
		return queue;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	private static final class Queued extends AsyncAppender {

		private final Appender<ILoggingEvent> console;

		private final AtomicLong dropped = new AtomicLong();

		private Queued(Appender<ILoggingEvent> console) {
			this.console = console;
		}

		@Override
		protected void append(ILoggingEvent event) {
			if (Audit.LOGGER.equals(event.getLoggerName())) {
				this.console.doAppend(event);
				return;
			}
			// Room for the line that says how many are missing, too.
			if (getRemainingCapacity() < 2) {
				this.dropped.incrementAndGet();
				return;
			}
			long missing = this.dropped.getAndSet(0);
			if (missing > 0) {
				super.append(notice(missing));
			}
			super.append(event);
		}

		private ILoggingEvent notice(long missing) {
			Logger logger = ((LoggerContext) getContext()).getLogger(ConsoleQueue.class);
			return new LoggingEvent(ConsoleQueue.class.getName(), logger, Level.WARN,
					missing + " lines of the log were dropped here because the console did not take them", null, null);
		}

	}

}
