package dev.usher.http;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.protocol.PublisherId;
import dev.usher.protocol.RefusedException;
import dev.usher.token.TokenVerifier;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Says whose a large body is before any of it is read: who sends a good bearer token has
 * places that nobody takes who has none. It decides about nothing else; whether the call
 * is allowed is for the filters to say.
 */
@Component
public final class BodyOwners {

	private static final CompletionStage<@Nullable String> NOBODY = CompletableFuture.completedFuture(null);

	private final ObjectProvider<TokenVerifier> verifier;

	/** The verifier is made after the server that asks it. */
	BodyOwners(ObjectProvider<TokenVerifier> verifier) {
		this.verifier = verifier;
	}

	/**
	 * The key of the caller whose token a request has, or null where it has no good one.
	 * @param headers the values of {@code Authorization}
	 * @return completes later where another issuer's keys must be fetched; never fails.
	 */
	public CompletionStage<@Nullable String> of(List<String> headers) {
		if (headers.isEmpty()) {
			return NOBODY;
		}
		try {
			Optional<BearerToken> token = BearerToken.of(headers);
			return (token.isPresent()) ? of(token.get()) : NOBODY;
		}
		catch (RefusedException ex) {
			return NOBODY;
		}
	}

	/** Not counted: the filter that verifies it counts it. */
	private CompletionStage<@Nullable String> of(BearerToken token) {
		return this.verifier.getObject()
			.examine(token.value())
			.<@Nullable String>handle((caller, failure) -> (caller != null) ? key(caller) : null);
	}

	private static @Nullable String key(Caller caller) {
		return new PublisherId(caller.issuer(), caller.name()).key();
	}

}
