package dev.usher.token;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

import com.nimbusds.jose.JWSVerifier;
import org.jspecify.annotations.Nullable;

/**
 * The keys that verify one issuer's tokens. Any thread may call.
 */
interface VerificationKeys {

	/** Soon enough for somebody who waits, and no load on what is down. */
	Duration RETRY_AFTER = Duration.ofSeconds(5);

	/**
	 * The prepared verifier for a key. Looks in memory and never blocks.
	 * @param kid the {@code kid} of the token's header, or null where it has none
	 * @return the verifier, or null where no such key is known
	 */
	@Nullable JWSVerifier find(@Nullable String kid);

	/**
	 * Looks again where the keys come from, off the caller's thread and not more often
	 * than the source can bear. Never fails.
	 * @return done once {@link #find} answers from the newest keys that could be had
	 */
	CompletionStage<Reloaded> reload();

	/**
	 * Whether, where it was too soon to look again, a key that is not known may exist all
	 * the same: the source is away, or the token was minted after it was last asked.
	 * @param issuedAt when the token says it was minted, or null
	 */
	default boolean mayBeMissing(@Nullable Instant issuedAt) {
		return false;
	}

	/** After how long it is worth asking for a missing key again. */
	default Duration retryAfter() {
		return RETRY_AFTER;
	}

	/** What came of looking again. */
	enum Reloaded {

		/** What is not found now does not exist. */
		DONE,

		/** The source did not answer, or too many wait for it. */
		FAILED,

		/** The source was asked so lately that it was not asked again. */
		TOO_SOON

	}

}
