package dev.usher.audit;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.LoggerFactory;

/**
 * Gives the audit log lines that are nothing but JSON: the usual console pattern would
 * put a time and a level in front. Whoever configured an appender for the logger in a
 * {@code logback.xml} of their own keeps it.
 */
final class JsonAppender {

	private JsonAppender() {
	}

	static void attach() {
		if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
			return;
		}
		Logger logger = context.getLogger(Audit.LOGGER);
		if (logger.iteratorForAppenders().hasNext()) {
			return;
		}
		PatternLayoutEncoder encoder = new PatternLayoutEncoder();
		encoder.setContext(context);
		encoder.setPattern("%msg%n");
		encoder.start();
		ConsoleAppender<ILoggingEvent> console = new Console();
		console.setName("audit-json");
		console.setContext(context);
		console.setEncoder(encoder);
		console.start();
		logger.addAppender(console);
		logger.setAdditive(false);
	}

	/**
	 * Stops without waiting for a line that is being written: if nobody reads the
	 * standard output that is for ever, and the process could not end.
	 */
	private static final class Console extends ConsoleAppender<ILoggingEvent> {

		@Override
		public void stop() {
			this.started = false;
		}

	}

}
