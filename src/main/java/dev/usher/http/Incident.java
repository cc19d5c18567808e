package dev.usher.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something nobody foresaw. The log has all of it under an id, the client has the id.
 */
final class Incident {

	private static final Logger logger = LoggerFactory.getLogger(Incident.class);

	private Incident() {
	}

	static Problem log(Throwable cause) {
		String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
		logger.error("Internal error {}", id, cause);
		return Problem.internal(id);
	}

}
