package dev.usher.http;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something nobody foresaw. The log has all of it under the name the client has.
 */
final class Incident {

	private static final Logger logger = LoggerFactory.getLogger(Incident.class);

	private Incident() {
	}

	static RefusedException log(Throwable cause) {
		RefusedException refusal = new RefusedException(Reason.INTERNAL_ERROR);
		logger.error("Internal error {}", refusal.incident().orElse(""), cause);
		return refusal;
	}

}
