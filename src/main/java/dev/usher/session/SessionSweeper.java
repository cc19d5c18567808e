package dev.usher.session;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.usher.thread.SchedulingConfiguration;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Ends the sessions that have expired, so that they take no room. */
@Component
class SessionSweeper {

	private static final int BATCH = 500;

	private final Sessions sessions;

	private final SessionTable table;

	private final Clock clock;

	SessionSweeper(Sessions sessions, SessionTable table, Clock clock) {
		this.sessions = sessions;
		this.table = table;
		this.clock = clock;
	}

	@Scheduled(fixedDelay = 10, initialDelay = 1, timeUnit = TimeUnit.MINUTES,
			scheduler = SchedulingConfiguration.SCHEDULER)
	void sweep() {
		List<String> expired;
		do {
			expired = this.table.findExpired(this.clock.instant(), BATCH);
			expired.forEach(this.sessions::end);
		}
		while (expired.size() == BATCH);
	}

}
