package dev.usher.socket;

import org.springframework.messaging.MessagingException;

/**
 * Keeps what a client wrote out of the log: Spring's exceptions show the headers of the
 * message that failed, in which a client can write lines that look like the log's own.
 */
public final class MessageFailures {

	private MessageFailures() {
	}

	/** What may be logged of a failure in code of an extension, with its stack trace. */
	public static Throwable withoutMessage(Throwable failure) {
		Throwable shown = failure;
		while (shown instanceof MessagingException && shown.getCause() != null) {
			shown = shown.getCause();
		}
		if (!(shown instanceof MessagingException)) {
			return shown;
		}
		Throwable plain = new IllegalStateException(shown.getClass().getName());
		plain.setStackTrace(shown.getStackTrace());
		return plain;
	}

}
