package dev.usher.thread;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Runs what the gateway does by the clock. On a thread of its own: a scheduled method of
 * an extension, which is on Spring Boot's, may hang, and keys must be rotated and
 * sessions be ended all the same.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
public class SchedulingConfiguration {

	/** What every {@code @Scheduled} of the gateway names. */
	public static final String SCHEDULER = "usherScheduler";

	/** No candidate for others, so that Spring Boot makes the one that they get. */
	@Bean(name = SCHEDULER, defaultCandidate = false)
	ThreadPoolTaskScheduler usherScheduler() {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setThreadNamePrefix("usher-scheduled-");
		scheduler.setDaemon(true);
		return scheduler;
	}

}
