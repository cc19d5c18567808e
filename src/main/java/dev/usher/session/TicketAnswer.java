package dev.usher.session;

/**
 * The answer to {@code POST /auth/tickets}.
 *
 * @param ticket works once
 * @param expiresIn the seconds it lives
 */
record TicketAnswer(String ticket, long expiresIn) {

	/** Keeps the ticket out of logs. */
	@Override
	public String toString() {
		return "TicketAnswer";
	}

}
