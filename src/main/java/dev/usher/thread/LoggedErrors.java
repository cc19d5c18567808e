package dev.usher.thread;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.stereotype.Component;

/**
 * Ends the process where anybody logs a fatal error. Jetty's pool and selectors, the
 * servlets, the connection pool and Spring's scheduler catch whatever is thrown on their
 * threads, log it and go on; none of them can be told not to, but all of them log.
 */
@Component
class LoggedErrors implements InitializingBean {

	private static final String NAME = "usher-fatal-errors";

	@Override
	public void afterPropertiesSet() {
		if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
			return;
		}
		Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		if (root.getAppender(NAME) == null) {
			Listener listener = new Listener();
			listener.setName(NAME);
			listener.setContext(context);
			listener.start();
			root.addAppender(listener);
		}
	}

	private static final class Listener extends AppenderBase<ILoggingEvent> {

		@Override
		public void doAppend(ILoggingEvent event) {
			// Without the lock and the states of the class above: this is two look-ups.
			append(event);
		}

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getThrowableProxy() instanceof ThrowableProxy proxy) {
				FatalErrors.endIfFatal(proxy.getThrowable());
			}
		}

	}

}
