package dev.usher.dpop;

import java.time.Clock;
import java.time.Duration;

import dev.usher.token.DerivedSecrets;
import dev.usher.token.Secret;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The challenge that a proof must repeat (RFC 9449, section 8), so that nobody can make
 * proofs in advance. A new one begins every two and a half minutes and is good until the
 * next one ends. It is derived from the key that all nodes share, so each node takes what
 * another gave, also after a restart, and nothing is kept. Any thread may call; never
 * blocks.
 */
@Component
public class Nonces {

	/** How long one is the newest. */
	static final Duration PERIOD = Duration.ofSeconds(150);

	/**
	 * Longer than any nonce is good from now on: what is left of this period, the next
	 * one, and one more for nodes whose clocks differ.
	 */
	static final Duration LONGEST = PERIOD.multipliedBy(4);

	private static final String PURPOSE = "dpop nonce";

	private final DerivedSecrets secrets;

	private final Clock clock;

	private volatile @Nullable Known known;

	Nonces(DerivedSecrets secrets, Clock clock) {
		this.secrets = secrets;
		this.clock = clock;
	}

	/** The one to give out now. */
	public String current() {
		return known().now();
	}

	/**
	 * Whether it is good. That of the next period is too: the clock of the node that gave
	 * it may be ahead of ours.
	 */
	boolean accepts(String nonce) {
		Known known = known();
		return Secret.isEqual(nonce, known.now()) || Secret.isEqual(nonce, known.before())
				|| Secret.isEqual(nonce, known.next());
	}

	private Known known() {
		long period = this.clock.millis() / PERIOD.toMillis();
		Known known = this.known;
		if (known == null || known.period() != period) {
			known = new Known(period, derive(period - 1), derive(period), derive(period + 1));
			this.known = known;
		}
		return known;
	}

	private String derive(long period) {
		return this.secrets.derive(PURPOSE, Long.toString(period));
	}

	private record Known(long period, String before, String now, String next) {

	}

}
