package dev.usher.testing;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Reads every line the process logs while it is open, ours at DEBUG and Spring
 * messaging's at TRACE.
 */
public final class LogReader extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final Queue<String> lines = new ConcurrentLinkedQueue<>();

	private final Logger root = logger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	public LogReader() {
		logger("dev.usher").setLevel(Level.DEBUG);
		logger("org.springframework.messaging").setLevel(Level.TRACE);
		start();
		this.root.addAppender(this);
	}

	private static Logger logger(String name) {
		return (Logger) LoggerFactory.getLogger(name);
	}

	@Override
	protected void append(ILoggingEvent event) {
		String failure = (event.getThrowableProxy() != null) ? ThrowableProxyUtil.asString(event.getThrowableProxy())
				: "";
		this.lines.add(event.getLoggerName() + " " + event.getFormattedMessage() + " " + failure);
	}

	public List<String> lines() {
		return List.copyOf(this.lines);
	}

	@Override
	public void close() {
		this.root.detachAppender(this);
		logger("dev.usher").setLevel(null);
		logger("org.springframework.messaging").setLevel(null);
		stop();
	}

}
