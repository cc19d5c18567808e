package dev.usher.thread;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.transaction.TransactionException;

/**
 * Runs what the gateway does by the clock. On a thread of its own: a scheduled method of
 * an extension, which is on Spring Boot's, may hang, and keys must be rotated and
 * sessions be ended all the same.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
public class SchedulingConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(SchedulingConfiguration.class);

	/** What every {@code @Scheduled} of the gateway names. */
	public static final String SCHEDULER = "usherScheduler";

	private final FailureLog failures = new FailureLog(logger,
			"What is done by the clock failed and is tried again the next time");

	/** No candidate for others, so that Spring Boot makes the one that they get. */
	@Bean(name = SCHEDULER, defaultCandidate = false)
	ThreadPoolTaskScheduler usherScheduler() {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setThreadNamePrefix("usher-scheduled-");
		scheduler.setDaemon(true);
		scheduler.setErrorHandler(this::failed);
		return scheduler;
	}

	/** A database that is away is no fault of a task, which is done again by itself. */
	private void failed(Throwable failure) {
		if (failure instanceof DataAccessException || failure instanceof TransactionException) {
			logger.warn("The database did not do what is done by the clock, which is tried again the next time: {}",
					NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
		}
		else {
			this.failures.note(failure);
		}
	}

}
