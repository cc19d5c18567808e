package dev.usher.socket;

import java.security.Principal;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;

/**
 * What interceptors have said of the user of a session, and what listeners were told of
 * the session itself. Any thread.
 */
final class SessionData {

	/** The status of no close. */
	private static final int OPEN = -1;

	private volatile @Nullable Principal principal;

	private boolean begun;

	private boolean heardOf;

	private int closeStatus = OPEN;

	/** The status that the gateway closes it with. */
	private int closing = OPEN;

	/** Who an interceptor says the caller is, or null; always of the caller's name. */
	@Nullable Principal principal() {
		return this.principal;
	}

	void principal(@Nullable Principal principal) {
		this.principal = principal;
	}

	/**
	 * Tells of the begin, and of the end behind it if that came first: the two come from
	 * different threads.
	 * @param begin says whether the session is heard of
	 * @param end takes the status of the close
	 */
	synchronized void begin(BooleanSupplier begin, IntConsumer end) {
		this.heardOf = begin.getAsBoolean();
		this.begun = true;
		if (this.closeStatus != OPEN) {
			end.accept(this.closeStatus);
		}
	}

	/** Whether the listeners of events hear of the session. */
	synchronized boolean isHeardOf() {
		return this.heardOf;
	}

	/** The gateway closes it, so that the client's answer is not why it ends. */
	synchronized void closing(int status) {
		this.closing = status;
	}

	/** Tells of something that happened in it, unless its end was told before. */
	synchronized void during(Runnable event) {
		if (this.begun && this.closeStatus == OPEN) {
			event.run();
		}
	}

	/**
	 * Tells of the end, where the begin was told.
	 * @return whether it was
	 */
	synchronized boolean end(int status, IntConsumer end) {
		if (this.closeStatus == OPEN) {
			this.closeStatus = (this.closing != OPEN) ? this.closing : status;
			if (this.begun) {
				end.accept(this.closeStatus);
			}
		}
		return this.begun;
	}

}
