package dev.usher.service;

import java.time.Clock;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.usher.thread.SchedulingConfiguration;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Forgets assertions that have expired and so could not be used again anyway. */
@Component
class AssertionSweeper {

	private static final Logger logger = LoggerFactory.getLogger(AssertionSweeper.class);

	private final ClientRepository repository;

	private final Clock clock;

	AssertionSweeper(ClientRepository repository, Clock clock) {
		this.repository = repository;
		this.clock = clock;
	}

	@Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES,
			scheduler = SchedulingConfiguration.SCHEDULER)
	void sweep() {
		try {
			this.repository.forgetUsedBefore(this.clock.instant());
		}
		catch (DataAccessException ex) {
			logger.warn("Used assertions could not be swept and are tried again: {}", ex.getMessage());
		}
	}

}
