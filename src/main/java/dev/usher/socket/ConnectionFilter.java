package dev.usher.socket;

import dev.usher.access.Caller;
import dev.usher.edge.ClientAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which connections are looked for: those of which all that is not null holds.
 *
 * @param username whose they are
 * @param sessionId the login they come from
 * @param address where their clients are; of IPv6 its first 64 bits count, as for limits
 */
public record ConnectionFilter(@Nullable String username, @Nullable String sessionId, @Nullable String address) {

	/** What an address counts by. */
	@Nullable String network() {
		return (this.address != null) ? ClientAddress.network(this.address) : null;
	}

	/** Whether there is something to look for by, and an index with it. */
	boolean isIndexed() {
		return this.username != null || this.sessionId != null || this.address != null;
	}

	/** Whether the user and the session are those looked for. */
	boolean matches(Caller caller) {
		return (this.username == null || this.username.equals(caller.name()))
				&& (this.sessionId == null || this.sessionId.equals(caller.sessionId()));
	}

}
