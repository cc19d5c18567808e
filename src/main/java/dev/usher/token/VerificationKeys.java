package dev.usher.token;

import java.util.concurrent.CompletionStage;

import com.nimbusds.jose.JWSVerifier;
import org.jspecify.annotations.Nullable;

/**
 * The keys that verify one issuer's tokens. Any thread may call.
 */
interface VerificationKeys {

	/**
	 * The prepared verifier for a key. Looks in memory and never blocks.
	 * @param kid the {@code kid} of the token's header, or null where it has none
	 * @return the verifier, or null where no such key is known
	 */
	@Nullable JWSVerifier find(@Nullable String kid);

	/**
	 * Looks again where the keys come from, off the caller's thread and not more often
	 * than the source can bear. Never fails.
	 * @return done once {@link #find} answers from the newest keys that could be had;
	 * already done where it is too soon to look again
	 */
	CompletionStage<@Nullable Void> reload();

}
