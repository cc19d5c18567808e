package dev.usher.token;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TokenFault;
import dev.usher.protocol.TokenRefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Counts verifications of tokens by their issuer and by what came of them. An issuer that
 * is not trusted has no name here: a token claims what it likes. Any thread.
 */
final class TokenTally {

	/** Whoever is not trusted. */
	static final String NOBODY = "unknown";

	static final String GOOD = "good";

	private final Map<String, Map<String, LongAdder>> counts = new LinkedHashMap<>();

	/**
	 * Makes an empty one.
	 * @param issuers the names of those we trust
	 */
	TokenTally(Collection<String> issuers) {
		Stream.concat(issuers.stream().sorted(), Stream.of(NOBODY))
			.forEach((issuer) -> this.counts.put(issuer, results()));
	}

	private static Map<String, LongAdder> results() {
		Map<String, LongAdder> results = new LinkedHashMap<>();
		results.put(GOOD, new LongAdder());
		Stream.of(Reason.TOKEN_EXPIRED, Reason.REVOKED, Reason.ISSUER_UNAVAILABLE, Reason.OVERLOADED)
			.forEach((reason) -> results.put(reason.code(), new LongAdder()));
		Stream.of(TokenFault.values()).forEach((fault) -> results.put(fault.word(), new LongAdder()));
		return results;
	}

	/** A verification is over: one of both is there. */
	void count(@Nullable Caller caller, @Nullable Throwable failure) {
		if (caller != null) {
			count(caller.issuer(), GOOD);
		}
		else if (failure instanceof TokenRefusedException token) {
			count(token.issuer(), token.word());
		}
		else if (failure instanceof RefusedException refused) {
			count(null, refused.word());
		}
	}

	private void count(@Nullable String issuer, String result) {
		Map<String, LongAdder> results = (issuer != null) ? this.counts.get(issuer) : null;
		LongAdder count = ((results != null) ? results : nobody()).get(result);
		if (count != null) {
			count.increment();
		}
	}

	private Map<String, LongAdder> nobody() {
		return this.counts.getOrDefault(NOBODY, Map.of());
	}

	/** Each count by issuer and result. */
	Map<String, Map<String, LongAdder>> counts() {
		return this.counts;
	}

}
